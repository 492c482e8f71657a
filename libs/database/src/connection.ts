import type { Socket } from 'node:net';
import { following } from '@jangteo/tracing';
import pg from 'pg';
import { statementPlan } from './spans.js';
import { valueTypes } from './values.js';

/** A statement whose rows nobody reads; its text is constant, values go in parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The settings without which an acknowledged commit may be lost in a crash. */
const DURABILITY_SETTINGS = ['fsync', 'full_page_writes', 'synchronous_commit'];

const ROLLBACK_DEADLINE_MS = 1_000;
const statementNames = new Map<string, string>();

/** A short name for a statement's text, the same on every connection. */
function statementName(text: string): string {
  let name = statementNames.get(text);
  if (name === undefined) {
    name = `s${statementNames.size + 1}`;
    statementNames.set(text, name);
  }
  return name;
}

/** The driver's types hide it, but only the socket can gather what is written, or be cut. */
function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

/** Lets all that is sent in this turn of the event loop leave in one system call. */
function gatherWrites(client: pg.ClientBase): void {
  const socket = socketOf(client);
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(() => socket.uncork());
}

export async function run<R extends object>(
  client: pg.ClientBase,
  { text, values }: Statement,
): Promise<pg.QueryResult<R>> {
  gatherWrites(client);
  const name = statementName(text);
  return await following(
    client.query<R>({ name, text, values: values as unknown[], types: valueTypes }),
    () => statementPlan(client, text),
  );
}

export async function begin(client: pg.ClientBase): Promise<void> {
  gatherWrites(client);
  await following(client.query('BEGIN'), () => statementPlan(client, 'BEGIN'));
}

/** A transaction that failed half-way answers COMMIT with ROLLBACK, and resolves. */
export async function commit(client: pg.ClientBase): Promise<void> {
  gatherWrites(client);
  const { command } = await following(client.query('COMMIT'), () => statementPlan(client, 'COMMIT'));
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

/** Whether the connection is certainly out of its transaction; one that does not say so in time is cut. */
export async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  const deadline = setTimeout(() => destroy(client), ROLLBACK_DEADLINE_MS);
  try {
    const { command } = await client.query('ROLLBACK');
    return command === 'ROLLBACK';
  } catch {
    return false;
  } finally {
    clearTimeout(deadline);
  }
}
