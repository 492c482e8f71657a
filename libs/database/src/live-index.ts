import type { QueryRunner } from 'typeorm';

/**
 * Builds an index of a large table that is in use, and nobody waits for it. For a migration of its own with
 * `transaction = false`.
 *
 * @param kind `UNIQUE INDEX`, or `INDEX` unless told
 * @param on what is indexed, from the table's name on
 */
export async function buildLiveIndex(
  runner: QueryRunner,
  name: string,
  on: string,
  kind: 'INDEX' | 'UNIQUE INDEX' = 'INDEX',
): Promise<void> {
  // One that was broken off is there, and of no use.
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  await runner.query(`CREATE ${kind} CONCURRENTLY ${name} ON ${on}`);
}

export async function dropLiveIndex(runner: QueryRunner, name: string): Promise<void> {
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}
