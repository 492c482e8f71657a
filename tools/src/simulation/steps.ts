import { EVENTS, nameOf } from './broker.js';
import type { Random } from './random.js';
import { seenBefore } from './look.js';
import type { Wanted } from './scenario.js';
import type { ServiceName, World } from './world.js';

/**
 * One thing that happens. Places in queues count modulo their length, so that a step means something in every
 * history: a failing one is made shorter by leaving steps out.
 */
export type Step =
  | {
      readonly do: 'place';
      readonly order: number;
      readonly wait: boolean;
      readonly isNew: boolean;
      /** The gateway looks before it asks. */
      readonly looks: boolean;
    }
  | { readonly do: 'cancel'; readonly order: number; readonly key: number }
  | {
      readonly do: 'deliver';
      readonly queueName: string;
      readonly from: number;
      readonly count: number;
      readonly replica: number;
      /** After so many effects it is interrupted. */
      readonly effectsMax?: number;
    }
  | { readonly do: 'go on'; readonly work: number; readonly effectsMax?: number }
  | { readonly do: 'sweep'; readonly replica: number; readonly effectsMax?: number }
  | { readonly do: 'cut'; readonly work: number }
  | { readonly do: 'crash'; readonly service: ServiceName; readonly replica: number }
  | { readonly do: 'lose'; readonly queueName: string; readonly from: number }
  | { readonly do: 'copy'; readonly queueName: string; readonly from: number }
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'reprice'; readonly productId: string; readonly price: number };

type Kind = Step['do'];

/** Kinds of steps in one history, with their weights: a history full of one fault finds what a mixture hides. */
export type Weather = readonly (readonly [number, Kind])[];

const FAULTS: readonly (readonly [number, Kind])[] = [
  [2, 'cut'],
  [1, 'crash'],
  [1, 'lose'],
  [2, 'copy'],
  [2, 'cancel'],
  [1, 'reprice'],
  [3, 'wait'],
  [3, 'sweep'],
];

/** Chooses what goes wrong in a history: each kind of fault in every second one. */
export function weatherOf(random: Random): Weather {
  const faults = FAULTS.filter(() => random.percent(50));
  return [[5, 'place'], [18, 'deliver'], [6, 'go on'], ...faults];
}

const REPLICAS = [0, 1];
const PAUSES_MS = [10, 1_000, 5_000, 31_000];
const CRASHING: readonly ServiceName[] = ['order', 'order', 'catalog', 'coupon', 'wallet', 'ranking'];

function interruption(random: Random): { effectsMax?: number } {
  return random.percent(75) ? {} : { effectsMax: random.below(5) };
}

/** Chooses what happens next; undefined where what was chosen cannot happen now. */
export function nextStep(random: Random, weather: Weather, world: World): Step | undefined {
  const kind = random.weighed(weather);
  const order = random.below(world.scenario.orders.length);
  const queueNames = world.broker.queueNames();
  const replica = random.pick(REPLICAS);
  switch (kind) {
    case 'place': {
      const wanted = world.scenario.orders[order];
      if (wanted !== undefined && world.clients.hasAsked(wanted) && random.percent(70)) return undefined;
      return {
        do: kind,
        order,
        wait: random.percent(70),
        isNew: random.percent(50),
        looks: random.percent(60),
      };
    }
    case 'cancel':
      return { do: kind, order, key: 1 + random.below(2) };
    case 'deliver': {
      if (queueNames.length === 0) return undefined;
      const queueName = random.pick(queueNames);
      const from = random.percent(70) ? 0 : random.below(world.broker.length(queueName));
      return { do: kind, queueName, from, count: 1 + random.below(3), replica, ...interruption(random) };
    }
    case 'go on':
      if (world.worksOn === 0) return undefined;
      return { do: kind, work: random.below(world.worksOn), ...interruption(random) };
    case 'sweep':
      return { do: kind, replica, ...interruption(random) };
    case 'cut':
      return world.worksOn === 0 ? undefined : { do: kind, work: random.below(world.worksOn) };
    case 'crash':
      return { do: kind, service: random.pick(CRASHING), replica };
    case 'lose':
    case 'copy': {
      // A confirmed event is the broker's to keep. All else is sent again when no answer comes.
      const losable = kind === 'lose' ? queueNames.filter((queueName) => queueName !== EVENTS) : queueNames;
      if (losable.length === 0) return undefined;
      const queueName = random.pick(losable);
      return { do: kind, queueName, from: random.below(world.broker.length(queueName)) };
    }
    case 'wait':
      return { do: kind, milliseconds: random.pick(PAUSES_MS) };
    case 'reprice':
      return { do: kind, productId: random.pick(['cup', 'shirt']), price: random.pick([500, 1_500]) };
  }
}

function titleOf({ userId, items, userCouponId, expectedTotal }: Wanted, orderId: string): string {
  const lines = items?.map(({ optionId, productId, quantity }) => `${quantity} ${optionId ?? productId}`);
  return [
    `${userId} places ${orderId} of ${lines?.join(' and ') ?? 'the cart'}`,
    ...(userCouponId === undefined ? [] : [`with ${userCouponId}`]),
    ...(expectedTotal === undefined ? [] : [`expecting ${expectedTotal}`]),
  ].join(', ');
}

function place(world: World, step: Extract<Step, { do: 'place' }>): void {
  const wanted = world.scenario.orders[step.order];
  if (wanted === undefined) return;
  const seen = step.looks ? seenBefore(world, wanted) : undefined;
  const message = world.clients.place({ ...wanted, seen }, step.wait, step.isNew);
  world.publish(message);
  world.say(
    () =>
      `${titleOf(wanted, message.orderId)}${step.wait ? ', and waits' : ''}${step.looks ? ', after a look' : ''}`,
  );
}

function cancel(world: World, step: Extract<Step, { do: 'cancel' }>): void {
  const name = world.scenario.orders[step.order]?.name;
  // Known to whoever was told, or has a list of orders.
  const orderId = [...world.order.sagas.keys()].find((placed) => placed.startsWith(name ?? ' '));
  if (orderId === undefined) return;
  world.publish(world.clients.cancel(orderId, step.key));
  world.say(() => `${orderId} is to be cancelled`);
}

/** Lets a step happen; one that cannot happen now does nothing. */
export function perform(world: World, step: Step): void {
  const { broker } = world;
  switch (step.do) {
    case 'place':
      return place(world, step);
    case 'cancel':
      return cancel(world, step);
    case 'deliver':
      return world.deliver(step.queueName, step.from, step.count, step.replica, step.effectsMax);
    case 'go on':
      return world.goOn(step.work, step.effectsMax);
    case 'sweep':
      return world.sweep(step.replica, step.effectsMax);
    case 'cut':
      return world.cut(step.work);
    case 'crash':
      return world.crash(step.service, step.replica);
    case 'lose':
      for (const message of broker.take(step.queueName, step.from, 1)) {
        world.say(() => `${nameOf(message)} is lost`);
      }
      return;
    case 'copy': {
      const message = broker.copy(step.queueName, step.from);
      if (message !== undefined) world.say(() => `${nameOf(message)} will come twice`);
      return;
    }
    case 'wait':
      world.pass(step.milliseconds);
      return world.say(() => `${step.milliseconds} ms pass`);
    case 'reprice':
      world.catalog.reprice(step.productId, step.price);
      return world.say(() => `${step.productId} costs ${step.price} from now on`);
  }
}
