import { seconds } from '../../report/invariants.js';
import type { Nemesis } from '../nemesis.js';
import { listen, onChannel, queuesIn, sendAgain, type Message } from './tap.js';

const COPIES = 3;
const OLD_MAX = 500;

/** Messages of an earlier time of this run, with their queues: what a restored backup would send again. */
const old: { readonly queue: string; readonly message: Message }[] = [];

export const duplicate: Nemesis = {
  test: 10,
  name: 'duplicate messages',
  about: 'messages of a queue sent three times, and messages of an earlier fault once more',
  plan(dice, lengthMsMax) {
    const queues = queuesIn('requests', 'commands', 'replies', 'events');
    const chosen = dice.some(queues, dice.whole(1, 4));
    const ms = Math.min(lengthMsMax, dice.whole(1_000, 6_000));
    return {
      what: `what goes to ${chosen.join(', ')} sent ${COPIES} times for ${seconds(ms)}, and old messages again`,
      claims: ['broker'],
      async run(arena) {
        await onChannel(arena, async (channel) => {
          const again = old.slice();
          for (const { queue, message } of again) sendAgain(channel, queue, message);
          arena.countHarm('old messages sent again', again.length);
          const copy = (queue: string, message: Message): void => {
            for (let copies = 0; copies < COPIES; copies += 1) sendAgain(channel, queue, message);
            arena.countHarm('messages sent three times');
            // Acknowledged by nobody: it goes back when the channel ends, and comes once more.
            if (old.length < OLD_MAX && !queue.endsWith('.requests')) old.push({ queue, message });
          };
          await Promise.all(
            chosen.map((queue) => listen(arena, channel, { queue, ms }, (message) => copy(queue, message))),
          );
          await channel.waitForConfirms();
        });
      },
    };
  },
};

export const shuffle: Nemesis = {
  test: 11,
  name: 'shuffle and delay',
  about: 'messages held back for up to 30 s and sent in another order, undo before action among them',
  plan(dice, lengthMsMax) {
    const chosen = dice.some(queuesIn('commands', 'replies', 'events'), dice.whole(1, 3));
    const takeMs = dice.whole(500, 3_000);
    const holdMs = Math.min(lengthMsMax, dice.pick([500, 2_000, 8_000, 27_000]));
    const order = dice.fork();
    return {
      what: `what goes to ${chosen.join(', ')} for ${seconds(takeMs)} held back ${seconds(holdMs)} and shuffled`,
      claims: ['broker'],
      async run(arena) {
        await onChannel(arena, async (channel) => {
          const taken: { readonly queue: string; readonly message: Message }[] = [];
          const take =
            (queue: string) =>
            (message: Message): void =>
              void taken.push({ queue, message });
          await Promise.all(
            chosen.map((queue) => listen(arena, channel, { queue, ms: takeMs }, take(queue))),
          );
          await arena.last(holdMs);
          for (const { queue, message } of order.some(taken, taken.length))
            sendAgain(channel, queue, message);
          await channel.waitForConfirms();
          for (const { message } of taken) channel.ack(message);
          arena.countHarm('messages shuffled', taken.length);
        });
      },
    };
  },
};

export const loseMessages: Nemesis = {
  test: 12,
  name: 'lose messages',
  about: 'requests, commands and replies taken and thrown away',
  plan(dice, lengthMsMax) {
    // Not events: what a broker has confirmed and lost for good, only a recount brings back.
    const chosen = dice.some(queuesIn('requests', 'commands', 'replies'), dice.whole(1, 3));
    const ms = Math.min(lengthMsMax, dice.whole(500, 5_000));
    return {
      what: `what goes to ${chosen.join(', ')} thrown away for ${seconds(ms)}`,
      claims: ['broker'],
      async run(arena) {
        await onChannel(arena, async (channel) => {
          const lose = (message: Message): void => {
            channel.ack(message);
            arena.countHarm('messages lost');
          };
          await Promise.all(chosen.map((queue) => listen(arena, channel, { queue, ms }, lose)));
        });
      },
    };
  },
};
