import { PARKED_HEADERS, queuesOf, SERVICES } from '@jangteo/contracts';
import { connectToBroker, eventually } from '@jangteo/testkit';
import type { Arena } from '../arena.js';

const UNACKED_DEADLINE_MS = 20_000;

/** As the stack's services have it. */
export function namespace(): string {
  return process.env.MESSAGING_NAMESPACE || 'jangteo';
}

/**
 * Takes out of the dead letters what faults have put there; what else is in them, or is missing, is a problem.
 * What comes later is found when the queues are counted.
 */
export async function deadLetterProblems({
  stack,
  poisons,
}: Arena): Promise<{ problems: string[]; found: number }> {
  const connection = await connectToBroker(stack.infrastructure.amqpUrl);
  const problems: string[] = [];
  let found = 0;
  try {
    const channel = await connection.createChannel();
    for (const queue of SERVICES.flatMap((service) => queuesOf(namespace(), service))) {
      const expected = new Set(poisons.get(queue.name));
      for (;;) {
        const message = await channel.get(queue.deadLetterQueue, { noAck: true });
        if (message === false) break;
        found += 1;
        const { type, messageId, headers = {} } = message.properties;
        const id = String(headers[PARKED_HEADERS.messageId] || messageId);
        const reason = String(headers[PARKED_HEADERS.reason] ?? headers['x-first-death-reason']);
        if (!expected.delete(id)) problems.push(`${queue.name}: ${String(type)} ${id} is dead: ${reason}`);
      }
      problems.push(
        ...[...expected].map((id) => `${queue.name}: the poison ${id} is not in the dead letters`),
      );
    }
  } finally {
    await connection.close();
  }
  return { problems, found };
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
