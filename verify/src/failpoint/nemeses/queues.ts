import { randomUUID } from 'node:crypto';
import { HEADERS, MESSAGES } from '@jangteo/contracts';
import type { Arena } from '../../places/arena.js';
import type { Nemesis } from '../nemesis.js';
import { honestUser, onChannel, queuesIn, type Channel } from './tap.js';

interface Poison {
  readonly type: string;
  readonly version: number;
  readonly body: Buffer;
}

/** Of types that somebody reads somewhere, or of none. */
const KNOWN_TYPES = MESSAGES.map(({ type }) => type);
const DEPTH = 20_000;

export const POISONS: readonly ((type: string) => Poison)[] = [
  (type) => ({ type, version: 1, body: Buffer.from('{"orderId":') }),
  (type) => ({ type, version: 1, body: Buffer.from([0xff, 0xfe, 0x00, 0x80]) }),
  (type) => ({ type, version: 1, body: Buffer.from('[{"amount":-1,"__proto__":{"ok":true}}]') }),
  (type) => ({ type, version: 1, body: Buffer.from('['.repeat(DEPTH) + ']'.repeat(DEPTH)) }),
  (type) => ({ type, version: 1, body: Buffer.from(JSON.stringify({ much: 'x'.repeat(300_000) })) }),
  (type) => ({ type, version: 99, body: Buffer.from('{}') }),
  () => ({ type: 'nobody.knows-this', version: 1, body: Buffer.from('{}') }),
  () => ({ type: 'bundle', version: 1, body: Buffer.from('no bundle at all') }),
];

function put(arena: Arena, channel: Channel, queue: string, { type, version, body }: Poison): void {
  const messageId = randomUUID();
  const expected = arena.poisons.get(queue) ?? new Set();
  arena.poisons.set(queue, expected.add(messageId));
  channel.sendToQueue(queue, body, {
    userId: honestUser(arena, queue, type),
    persistent: true,
    type,
    messageId,
    correlationId: randomUUID(),
    headers: { [HEADERS.schemaVersion]: version },
  });
  arena.countHarm('poisons');
}

export const poison: Nemesis = {
  test: 13,
  name: 'poison',
  about: 'bad JSON, unknown types and versions, much too deep and much too large, among good messages',
  plan(dice) {
    const queues = queuesIn('requests', 'commands', 'replies', 'events');
    const doses = Array.from({ length: dice.whole(3, 15) }, () => ({
      queue: dice.pick(queues),
      poison: dice.pick(POISONS)(dice.pick(KNOWN_TYPES)),
      pauseMs: dice.whole(0, 200),
    }));
    return {
      what: `${doses.length} poisons to ${[...new Set(doses.map(({ queue }) => queue))].join(', ')}`,
      claims: ['broker'],
      async run(arena) {
        await onChannel(arena, async (channel) => {
          for (const { queue, poison: dose, pauseMs } of doses) {
            put(arena, channel, queue, dose);
            await arena.last(pauseMs);
          }
          await channel.waitForConfirms();
        });
      },
    };
  },
};

export const deleteQueue: Nemesis = {
  test: 14,
  name: 'delete queue',
  about: 'queues deleted with all that is in them, dead-letter queues too',
  plan(dice) {
    // Not events: what is deleted with their queue, only a recount brings back.
    const [queue = ''] = dice.some(queuesIn('requests', 'commands', 'replies'), 1);
    const isDeadToo = dice.chance(0.3);
    return {
      what: `${queue} deleted${isDeadToo ? ', and its dead letters' : ''}`,
      claims: ['broker'],
      async run(arena) {
        await onChannel(arena, async (channel) => {
          // Poison that lies there is wanted again at the end.
          if (isDeadToo && !arena.poisons.has(queue)) await channel.deleteQueue(`${queue}.dead`);
          await channel.deleteQueue(queue);
          arena.countHarm('queues deleted');
        });
      },
    };
  },
};
