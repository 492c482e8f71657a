import { done, pings, type ServiceName } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { answerAlike, type Handler } from '@jangteo/messaging';

/** Answers pings through the ordinary pipeline; while the database is away nobody gets an answer. */
export function pingHandler(service: ServiceName): Handler {
  return answerAlike(pings[service], Database, async (database) => {
    await database.look();
    return done({ service });
  });
}
