import type { Socket } from 'node:net';
import { following, isInHaste } from '@jangteo/tracing';
import pg from 'pg';
import { classified } from './failures.js';
import { statementPlan } from './spans.js';
import { StatementGroup, type Answer, type Statement } from './statement-group.js';

/** The settings without which an acknowledged commit may be lost in a crash. */
const DURABILITY_SETTINGS = ['fsync', 'full_page_writes', 'synchronous_commit'];

const ROLLBACK_DEADLINE_MS = 1_000;
const BEGIN: Statement = { text: 'BEGIN', values: [] };
const COMMIT: Statement = { text: 'COMMIT', values: [] };
/** Limits how long work in haste waits for a lock. */
const HASTE: Statement = { text: `SET LOCAL lock_timeout = '100ms'`, values: [] };
const ROLLBACK: Statement = { text: 'ROLLBACK', values: [] };

/** Statements, by connection, that leave with the end of this turn of the event loop. */
const gathering = new WeakMap<pg.ClientBase, StatementGroup>();

/** The driver's types hide it, but only the socket can be cut. */
function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

function groupOn(client: pg.ClientBase): StatementGroup {
  const gathered = gathering.get(client);
  if (gathered !== undefined) return gathered;
  const group = new StatementGroup();
  gathering.set(client, group);
  process.nextTick(() => {
    gathering.delete(client);
    client.query(group);
  });
  return group;
}

/** Runs a statement together with all others of this turn of the event loop, after those before it. */
export async function run<R extends object>(client: pg.ClientBase, statement: Statement): Promise<Answer<R>> {
  const answer = groupOn(client).add<R>(statement);
  return await following(answer, () => statementPlan(client, statement.text));
}

export async function begin(client: pg.ClientBase): Promise<void> {
  const begun = [run(client, BEGIN)];
  if (isInHaste()) begun.push(run(client, HASTE));
  await Promise.all(begun);
}

/** Runs a statement by itself, as the driver does: one that is not prepared. */
export async function ask<R extends object>(
  client: pg.ClientBase,
  query: string | pg.QueryConfig,
): Promise<R[]> {
  try {
    return (await client.query<R>(query)).rows;
  } catch (error) {
    throw classified(error as Error);
  }
}

/** A transaction that failed half-way answers COMMIT with ROLLBACK, and resolves. */
export async function commit(client: pg.ClientBase): Promise<void> {
  const { command } = await run(client, COMMIT);
  if (command !== 'COMMIT') throw new Error(`the transaction ended in ${command}`);
}

/** The server may lose what it has acknowledged: nothing may be entrusted to it, and waiting does not help. */
export class UnsafeServer extends Error {
  override readonly name = 'UnsafeServer';
}

/** @throws UnsafeServer naming the settings that are off */
export async function assertDurable(client: pg.ClientBase): Promise<void> {
  const { rows: settings } = await run<{ name: string; setting: string }>(client, {
    text: 'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
    values: [DURABILITY_SETTINGS],
  });
  const off = settings.filter(({ setting }) => setting === 'off').map(({ name }) => name);
  if (off.length > 0) throw new UnsafeServer(`PostgreSQL must not run with ${off.join(', ')} off`);
}

/** Cuts the connection under a query that may never answer; `release(true)` alone would wait for it. */
export function destroy(client: pg.PoolClient): void {
  socketOf(client).destroy();
}

/** Rolls back; true where the connection certainly is out of its transaction. One that is late to say so is cut. */
export async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  const deadline = setTimeout(() => destroy(client), ROLLBACK_DEADLINE_MS);
  try {
    const { command } = await run(client, ROLLBACK);
    return command === 'ROLLBACK';
  } catch {
    return false;
  } finally {
    clearTimeout(deadline);
  }
}
