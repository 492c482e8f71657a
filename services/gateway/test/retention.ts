import type { Database } from '@jangteo/database';
import { Retention } from '@jangteo/service';
import { forgettingsOf } from '../src/operations/kept-for-a-time.js';

const KEPT = forgettingsOf({ ADMIN_LOG_DAYS: 400, KNOWN_NETWORK_DAYS: 90 });

/** Deletes what the gateway has kept long enough, as one replica does. */
export async function forgetOld(database: Database): Promise<void> {
  const config = { RETENTION_INTERVAL_MS: 60_000, RETENTION_BATCH_MAX: 500 };
  await new Retention(database, KEPT, config).forgetAll();
}
