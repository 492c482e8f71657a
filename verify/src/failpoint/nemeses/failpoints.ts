import { join } from 'node:path';
import { MESSAGES, replyType } from '@jangteo/contracts';
import { FailpointFile, FAILPOINTS, FAILPOINTS_ARGUMENT, type FailpointName } from '@jangteo/testkit';
import { type Service, services } from '@jangteo/tools';
import type { Nemesis } from '../nemesis.js';

const TIMES = 4;
const HIT_MS = 4_000;
const LOOK_EVERY_MS = 50;

/** The types that pass the routes of a service. */
function typesOf(service: Service): string[] {
  if (service === 'ranking') return ['order.completed', 'order.cancelled'];
  const own = MESSAGES.filter((message) => 'service' in message && message.service === service);
  const replies = MESSAGES.filter((message) => message.kind === 'command').map((one) => replyType(one));
  return [...own.map(({ type }) => type), ...(service === 'order' ? replies : [])];
}

const armed = services.filter((service) => service !== 'gateway');

export const dieAtFailpoint: Nemesis = {
  test: 2,
  name: 'die at a failpoint',
  about:
    'a service dies just after it has received, committed, published, confirmed, or before it acknowledges',
  plan(dice) {
    const service = dice.pick(armed);
    const types = typesOf(service);
    const points = Array.from({ length: TIMES }, () => ({
      name: `batch.${dice.pick(FAILPOINTS.batch)}` as FailpointName,
      type: dice.pick(types),
    }));
    return {
      what: `${service} dies at ${points.map(({ name, type }) => `${name} of ${type}`).join(', ')}`,
      claims: [service],
      async run(arena) {
        const file = new FailpointFile(join(arena.stack.dir, `${service}.failpoint`));
        // Production refuses to have them.
        const env = { NODE_ENV: 'test', NODE_OPTIONS: FAILPOINTS_ARGUMENT, ...file.environment };
        await arena.restart(service, env);
        for (const point of points) {
          if (arena.signal.aborted) break;
          await file.arm(point);
          const giveUpAt = performance.now() + HIT_MS;
          while (!file.isHit && performance.now() < giveUpAt) await arena.last(LOOK_EVERY_MS);
          if (!file.isHit) continue;
          arena.countHarm(`deaths at ${point.name}`);
          await arena.restart(service, env);
        }
        await file.disarm();
        await arena.restart(service);
      },
    };
  },
};
