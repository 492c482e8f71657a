import { oldestOf, type Statements } from '@jangteo/database';
import { hashOf } from './refresh-token.js';

/** Of one account; those that were used least recently are forgotten beyond. */
const PER_USER_MAX = 20;

const networkHash = (userId: string, network: string): Buffer => hashOf(`${userId} ${network}`);

/** Notes that somebody is at home in a network. It is written once a day, however often they are there. */
export async function rememberNetwork(on: Statements, userId: string, network: string): Promise<void> {
  const written = await on.rows<{ isNew: boolean }>(
    `INSERT INTO known_networks AS known (user_id, network_hash, seen_at) VALUES ($1, $2, now())
     ON CONFLICT (user_id, network_hash) DO UPDATE SET seen_at = now()
       WHERE known.seen_at < now() - interval '1 day'
     RETURNING xmax = 0 AS "isNew"`,
    [userId, networkHash(userId, network)],
  );
  if (written[0]?.isNew !== true) return;
  await on.rows(
    `DELETE FROM known_networks WHERE user_id = $1 AND network_hash = ANY(ARRAY(
       SELECT network_hash FROM known_networks WHERE user_id = $1 ORDER BY seen_at DESC OFFSET $2))`,
    [userId, PER_USER_MAX],
  );
}

export async function isKnownNetwork(on: Statements, userId: string, network: string): Promise<boolean> {
  const found = await on.rows(
    'SELECT 1 AS one FROM known_networks WHERE user_id = $1 AND network_hash = $2',
    [userId, networkHash(userId, network)],
  );
  return found.length > 0;
}

/** Deletes networks that nobody has come from. */
export const OLD_NETWORKS = oldestOf('known_networks', { by: 'seen_at' });
