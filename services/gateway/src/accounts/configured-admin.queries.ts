import { onlyOf, type Statements } from '@jangteo/database';

/** The credentials of the configuration that were last applied, and whether the shop has an admin. */
export async function readApplied(
  on: Statements,
): Promise<{ readonly credentialsHash: string | null; readonly hasAdmin: boolean }> {
  return await onlyOf<{ credentialsHash: string | null; hasAdmin: boolean }>(
    on,
    `SELECT (SELECT credentials_hash FROM configured_admin) AS "credentialsHash",
       EXISTS (SELECT FROM users WHERE role = 'admin' AND state = 'ACTIVE') AS "hasAdmin"`,
  );
}

/**
 * Notes which credentials are applied from now on.
 *
 * @param before those that must still be the last
 * @returns whether they were
 */
export async function noteApplied(
  on: Statements,
  credentialsHash: string,
  before: string | null,
): Promise<boolean> {
  const noted = await on.rows(
    `INSERT INTO configured_admin AS last (credentials_hash) VALUES ($1)
     ON CONFLICT (is_only_row) DO UPDATE SET credentials_hash = excluded.credentials_hash
     WHERE last.credentials_hash = $2 RETURNING is_only_row`,
    [credentialsHash, before],
  );
  return noted.length > 0;
}
