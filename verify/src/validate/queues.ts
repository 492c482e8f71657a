import { SERVICES } from '@jangteo/contracts';
import { eventually, withClient } from '@jangteo/testkit';
import type { Arena } from '../places/arena.js';

const UNACKED_DEADLINE_MS = 60_000;

interface Waiting {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
}

async function waitingIn({ stack }: Arena): Promise<Waiting[]> {
  const rows = await Promise.all(
    SERVICES.map((service) =>
      stack.sql<Waiting>(
        service,
        `SELECT coalesce(message_id, '') AS id, queue, type || ' ' || coalesce(message_id, '') || ' is dead: ' || reason AS name
         FROM dead_letters WHERE state = 'WAITING'`,
      ),
    ),
  );
  return rows.flat();
}

/** As an admin would, so that what is found waiting after that was none of it. */
async function dropAll({ stack }: Arena): Promise<void> {
  for (const service of SERVICES) {
    await withClient(stack.databaseUrlOf(service), (client) =>
      client.query(
        `UPDATE dead_letters SET state = 'DROPPED', settled_at = now(), settled_by = 'system', settled_reason = 'poison'
         WHERE state = 'WAITING'`,
      ),
    );
  }
}

/**
 * Takes out of the dead letters what faults have put there; what else is in them, or is missing, is a problem.
 * Later arrivals are found by the wait for the shop to settle.
 */
export async function deadLetterProblems(arena: Arena): Promise<{ problems: string[]; found: number }> {
  const expected = [...arena.poisons].flatMap(([queue, ids]) => [...ids].map((id) => `${queue} ${id}`));
  const keyOf = ({ queue, id }: Waiting): string => `${queue} ${id}`;
  let waiting: Waiting[] = [];
  const areThere = async (): Promise<boolean> => {
    waiting = await waitingIn(arena);
    const there = new Set(waiting.map(keyOf));
    return expected.every((key) => there.has(key));
  };
  await eventually(areThere, { deadlineMs: UNACKED_DEADLINE_MS, everyMs: 1_000 }).catch(() => undefined);
  const there = new Set(waiting.map(keyOf));
  const problems = [
    ...waiting.filter((one) => !expected.includes(keyOf(one))).map(({ queue, name }) => `${queue}: ${name}`),
    ...expected.filter((key) => !there.has(key)).map((key) => `the poison ${key} is not in the dead letters`),
  ];
  await dropAll(arena);
  return { problems, found: waiting.length };
}

/** Messages that were handed out and never acknowledged; RabbitMQ's own figures lag by seconds. */
export async function unackedProblems({ servers }: Arena): Promise<string[]> {
  let lines: string[] = [];
  const isDone = async (): Promise<boolean> => {
    const listed = await servers.rabbit.ctl([
      'list_queues',
      '--no-table-headers',
      'name',
      'messages_unacknowledged',
    ]);
    lines = listed.split('\n').filter((line) => /\t[1-9]\d*$/.test(line));
    return lines.length === 0;
  };
  return await eventually(isDone, { deadlineMs: UNACKED_DEADLINE_MS, everyMs: 1_000 }).then(
    () => [],
    () => lines.map((line) => `unacknowledged: ${line.replace('\t', ' ')}`),
  );
}
