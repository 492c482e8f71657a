import { oldestOf, type Statements } from '@jangteo/database';

/** Something of which there may be so many in a time. */
export interface Budget {
  readonly key: string;
  readonly max: number;
}

/** A budget out of which one was taken, or nothing was left to take. */
export interface Taken {
  readonly key: string;
  readonly isExceeded: boolean;
  /** Epoch milliseconds as text: it tells one window from the next. */
  readonly expire: string;
  readonly leftMs: number;
}

const NOW_MS = '(extract(epoch FROM now()) * 1000)::bigint';

/**
 * Takes one out of each budget, in key order, so that no two who take the same wait for each other in a circle. Where
 * nothing is left nothing is taken: what is gone is exactly what was taken and not given back.
 */
export async function takeFrom(
  on: Statements,
  budgets: readonly Budget[],
  windowMs: number,
): Promise<Taken[]> {
  return await on.rows<Taken>(
    `WITH taken AS (
       INSERT INTO login_attempts AS known (key, points, expire)
       SELECT key, 1, ${NOW_MS} + $3::int FROM unnest($1::text[]) AS key ORDER BY key
       ON CONFLICT (key) DO UPDATE SET
         points = CASE WHEN known.expire <= ${NOW_MS} THEN 1 ELSE known.points + 1 END,
         expire = CASE WHEN known.expire <= ${NOW_MS} THEN excluded.expire ELSE known.expire END
       WHERE known.expire <= ${NOW_MS} OR known.points < ($2::jsonb ->> known.key)::int
       RETURNING key, expire)
     SELECT budget.key, taken.key IS NULL AS "isExceeded",
       coalesce(taken.expire, seen.expire, 0)::text AS expire,
       coalesce(taken.expire, seen.expire, ${NOW_MS} + $3::int) - ${NOW_MS} AS "leftMs"
     FROM unnest($1::text[]) AS budget (key)
     LEFT JOIN taken ON taken.key = budget.key
     LEFT JOIN login_attempts AS seen ON seen.key = budget.key`,
    [
      budgets.map(({ key }) => key),
      JSON.stringify(Object.fromEntries(budgets.map(({ key, max }) => [key, max]))),
      windowMs,
    ],
  );
}

/** Gives back what was taken, where its window has not ended meanwhile: the next one has nothing to do with it. */
export async function giveBack(on: Statements, taken: readonly Taken[]): Promise<void> {
  if (taken.length === 0) return;
  await on.rows(
    `UPDATE login_attempts SET points = points - 1
     WHERE points > 0 AND key = ANY(ARRAY(
       SELECT held.key FROM login_attempts AS held
       JOIN unnest($1::text[], $2::bigint[]) AS given (key, expire) ON given.key = held.key AND given.expire = held.expire
       ORDER BY held.key FOR UPDATE OF held))`,
    [taken.map(({ key }) => key), taken.map(({ expire }) => expire)],
  );
}

/** Deletes attempts that count no more. */
export const ENDED_ATTEMPTS = oldestOf('login_attempts', {
  by: 'expire',
  until: '(extract(epoch FROM now() - make_interval(secs => $1)) * 1000)::bigint',
});
