import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { apply } from './decide.js';
import { effectsOf, type Effect } from './effects.js';
import type { Bounds } from './order.js';
import { decidePlacings } from './placing.js';
import { inputOfReply, isFinal, overdue, type Input, type Saga } from './saga.js';
import { commandOf, STEPS, type CommandName } from './steps.js';

const bounds: Bounds = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 10,
  inFlightMax: 20,
  cancelWindowMs: 604_800_000,
};
const orderId = '01920000-0000-7000-8000-0000000000a1';
const userCouponId = '01920000-0000-7000-8000-0000000000d2';
const productId = '01920000-0000-7000-8000-0000000000b1';
const PRICE = 10_000;
const cancelled = 'cancelled';

interface Scenario {
  readonly hasCoupon: boolean;
  readonly discount: number;
  readonly expectedTotal: number | undefined;
  /** The steps that are refused when they are asked first. */
  readonly refusing: readonly CommandName[];
  /** The first command was never published: the sweeper or a repeated request has to send it. */
  readonly isFirstLost: boolean;
}

/** Actions of all participants, by the commands that undo them. */
const ACTIONS = new Map<CommandName, CommandName>(STEPS.map(({ action, undo }) => [undo.name, action.name]));

/** A participant as all of them are: outcomes are stored, and an undo that comes first bars its action. */
class Participants {
  readonly effects = { ReserveStock: 0, UseCoupon: 0, DebitWallet: 0 } as Record<CommandName, number>;
  readonly #outcomes = new Map<CommandName, Outcome>();

  constructor(private readonly scenario: Scenario) {}

  handle(command: CommandName, payload: unknown): Outcome {
    const past = this.#outcomes.get(command);
    if (past !== undefined) return past;
    const undone = ACTIONS.get(command);
    const outcome = undone === undefined ? this.#act(command, payload) : this.#undo(undone);
    this.#outcomes.set(command, outcome);
    return outcome;
  }

  #act(command: CommandName, payload: unknown): Outcome {
    if (this.scenario.refusing.includes(command)) return refuse('OUT_OF_STOCK');
    this.effects[command] += command === 'DebitWallet' ? (payload as { amount: number }).amount : 1;
    const items = [{ productId, optionId: productId, name: 'Tea cup', price: PRICE, quantity: 1 }];
    if (command === 'ReserveStock') return done({ items, subtotal: PRICE });
    return done(command === 'UseCoupon' ? { discount: this.scenario.discount } : { balanceAfter: 0 });
  }

  #undo(action: CommandName): Outcome {
    if (this.#outcomes.get(action)?.ok === true) this.effects[action] = 0;
    else if (!this.#outcomes.has(action)) this.#outcomes.set(action, refuse('ORDER_TIMED_OUT'));
    return done({});
  }
}

/** The order service, the participants, and a network that keeps, repeats, reorders and loses. */
class World {
  readonly participants: Participants;
  saga: Saga;
  readonly events: string[] = [];
  /** Answers to those who placed the order, repeats left out. */
  readonly told = new Set<string>();
  readonly statuses: string[] = ['PENDING'];
  #now = Date.UTC(2026, 0, 1);
  #network: ({ readonly effect: Effect } | { readonly reply: Input })[] = [];
  #isDeaf = false;

  constructor(scenario: Scenario) {
    this.participants = new Participants(scenario);
    const payload = {
      operation: { key: orderId, fingerprint: '' },
      orderId,
      userId: orderId,
      items: [{ productId, quantity: 1 }],
      wait: true,
      ...(scenario.hasCoupon ? { userCouponId } : {}),
      expectedTotal: scenario.expectedTotal,
    };
    const waiter = { replyTo: 'gateway', correlationId: 'placed' };
    const found = { now: new Date(this.#now), takenIds: [], lines: [], underway: [], inFlight: [] };
    const { sagas } = decidePlacings(found, [{ payload, replyAddress: waiter, trace: {} }], bounds);
    this.saga = sagas[0] as Saga;
    if (!scenario.isFirstLost) for (const effect of effectsOf(this.saga)) this.#hear(effect);
  }

  get inFlight(): number {
    return this.#network.length;
  }

  /** The service dies between its commit and what it would have published. */
  dieBeforePublishing(): void {
    this.#isDeaf = true;
  }

  wait(milliseconds: number): void {
    this.#now += milliseconds;
  }

  tell(...inputs: Input[]): void {
    const found = { now: new Date(this.#now), sagas: [this.saga], carts: { lines: [], underway: [] } };
    const { reactions, changed } = apply(found, inputs, bounds);
    for (const { after } of changed) this.saga = after;
    const { status } = this.saga.order;
    if (status !== this.statuses.at(-1)) this.statuses.push(status);
    const isHeard = !this.#isDeaf;
    this.#isDeaf = false;
    if (!isHeard) return;
    for (const [index, { effects, answer }] of reactions.entries()) {
      for (const effect of effects) this.#hear(effect);
      const isPlacing = inputs[index]?.kind === 'placedAgain';
      if (isPlacing && answer !== undefined && answer !== 'DEFERRED') this.told.add(JSON.stringify(answer));
    }
  }

  #hear(effect: Effect): void {
    if (effect.kind === 'command') this.#network.push({ effect });
    else if (effect.kind === 'event') this.events.push(effect.event);
    else if (effect.to.correlationId !== cancelled) this.told.add(JSON.stringify(effect.outcome));
  }

  sweep(): void {
    const { lookAgainAt } = this.saga;
    if (lookAgainAt === null || lookAgainAt.getTime() > this.#now) return;
    this.tell(overdue(this.saga, new Date(this.#now)));
  }

  /** One message of those on the way arrives, and with `isCopied` will arrive once more. */
  deliver(position: number, isCopied: boolean): void {
    if (this.inFlight === 0) return;
    const index = position % this.inFlight;
    const message = this.#network[index];
    if (!isCopied) this.#network.splice(index, 1);
    if (message === undefined) return;
    if ('reply' in message) this.tell(message.reply);
    else this.#obey(message.effect);
  }

  #obey(effect: Effect): void {
    if (effect.kind !== 'command') return;
    const { type } = effect.contract;
    const outcome = this.participants.handle(commandOf(type).name, effect.payload);
    this.#network.push({ reply: inputOfReply(type, orderId, outcome) });
  }

  /** All replies on the way arrive in one batch. */
  deliverReplies(): void {
    const replies = this.#network.flatMap((message) => ('reply' in message ? [message.reply] : []));
    this.#network = this.#network.filter((message) => !('reply' in message));
    if (replies.length > 0) this.tell(...replies);
  }

  lose(position: number): void {
    if (this.inFlight > 0) this.#network.splice(position % this.inFlight, 1);
  }

  /** The row is told which events the broker has. */
  confirmEvents(): void {
    const owedEvents = this.saga.owedEvents.filter((event) => !this.events.includes(event));
    const isOwing = this.saga.awaits.length + owedEvents.length > 0;
    this.saga = { ...this.saga, owedEvents, lookAgainAt: isOwing ? this.saga.lookAgainAt : null };
  }

  /** The network heals: all that is on the way arrives, and the sweeper goes on. */
  settle(): void {
    for (let round = 0; round < 200; round += 1) {
      while (this.inFlight > 0) this.deliver(0, false);
      this.confirmEvents();
      if (this.saga.lookAgainAt === null) return;
      this.wait(bounds.retryMsMax);
      this.sweep();
    }
  }
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  hasCoupon: fc.boolean(),
  discount: fc.constantFrom(0, 3_000, PRICE),
  expectedTotal: fc.constantFrom(undefined, undefined, undefined, 7_000, PRICE),
  refusing: fc.subarray<CommandName>(['ReserveStock', 'UseCoupon', 'DebitWallet'], { maxLength: 1 }),
  isFirstLost: fc.boolean(),
});

const waiterOf = (correlationId: string) => ({ replyTo: 'gateway', correlationId });

interface Happening {
  readonly what: string;
  happen(world: World): void;
}

function rare(weight: number, what: string, happen: (world: World) => void) {
  return { weight, arbitrary: fc.constant<Happening>({ what, happen }) };
}

const cancel: Input = {
  kind: 'cancel',
  orderId,
  userId: undefined,
  cancelledBy: 'customer',
  waiter: waiterOf(cancelled),
  trace: {},
};
const placedAgain: Input = { kind: 'placedAgain', orderId, waiter: waiterOf('again') };

const delivery = fc.tuple(fc.nat(20), fc.boolean()).map(([position, isCopied]): Happening => {
  const what = `message ${position} arrives${isCopied ? ', and will again' : ''}`;
  return { what, happen: (world) => world.deliver(position, isCopied) };
});
const loss = fc.nat(20).map((position): Happening => {
  return { what: `message ${position} is lost`, happen: (world) => world.lose(position) };
});
const pause = fc.constantFrom(10, 1_000, 5_000, 31_000).map((milliseconds): Happening => {
  return { what: `${milliseconds} ms pass`, happen: (world) => world.wait(milliseconds) };
});

const happenings = fc.oneof(
  { weight: 16, arbitrary: delivery },
  { weight: 1, arbitrary: loss },
  { weight: 3, arbitrary: pause },
  rare(2, 'all replies arrive', (world) => world.deliverReplies()),
  rare(3, 'the sweeper looks', (world) => world.sweep()),
  rare(1, 'the row hears of confirms', (world) => world.confirmEvents()),
  rare(1, 'death before the next publishing', (world) => world.dieBeforePublishing()),
  rare(2, 'a cancellation', (world) => world.tell(cancel)),
  rare(1, 'placed again', (world) => world.tell(placedAgain)),
  rare(1, 'the end of a wait', (world) => world.tell({ ...placedAgain, waiter: undefined })),
);

/** Lets things happen until all is settled. */
function lived(scenario: Scenario, happened: readonly Happening[]): World {
  const world = new World(scenario);
  for (const { happen } of happened) happen(world);
  world.settle();
  return world;
}

describe('an order, whatever happens to its messages,', () => {
  const property = (check: (world: World, scenario: Scenario) => void): void => {
    fc.assert(
      fc.property(scenarios, fc.array(happenings, { maxLength: 80, size: 'max' }), (scenario, happened) => {
        check(lived(scenario, happened), scenario);
      }),
      { numRuns: 1_500 },
    );
  };

  it('ends, with nothing owed to anybody', () => {
    const ends = { SUCCESS: 0, FAILED: 0, CANCELLED: 0 } as Record<string, number>;
    property(({ saga }) => {
      ends[saga.state] = (ends[saga.state] ?? 0) + 1;
      expect(isFinal(saga.state)).toBe(true);
      expect(saga).toMatchObject({ awaits: [], owedEvents: [], lookAgainAt: null });
    });
    // What is never tried is not proven.
    expect(Object.keys(ends)).toHaveLength(3);
    expect(Math.min(...Object.values(ends))).toBeGreaterThan(30);
  });

  it('has all of its effects when it succeeded, and none of them when it did not', () => {
    property(({ saga, participants: { effects } }, { hasCoupon, discount }) => {
      const whole = {
        ReserveStock: 1,
        UseCoupon: hasCoupon ? 1 : 0,
        DebitWallet: PRICE - (hasCoupon ? discount : 0),
      };
      const none = { ReserveStock: 0, UseCoupon: 0, DebitWallet: 0 };
      expect(effects).toEqual(saga.state === 'SUCCESS' ? whole : none);
    });
  });

  it('is never another price than the expected one', () => {
    property(({ saga }, { expectedTotal }) => {
      if (saga.state === 'FAILED' || expectedTotal === undefined) return;
      expect(saga.order.total).toBe(expectedTotal);
    });
  });

  it('keeps its end, unless a success is cancelled', () => {
    const lives = [
      ['PENDING', 'SUCCESS'],
      ['PENDING', 'FAILED'],
      ['PENDING', 'SUCCESS', 'CANCELLED'],
    ];
    property(({ statuses }) => expect(lives).toContainEqual(statuses));
  });

  it('tells readers of a success and of a cancellation, and of nothing else', () => {
    property(({ saga: { state }, events }) => {
      expect(events.includes('order.completed')).toBe(state !== 'FAILED');
      expect(events.includes('order.cancelled')).toBe(state === 'CANCELLED');
    });
  });

  it('has one answer for all who place it: its end as it first was, or that it is pending', () => {
    const answers = { PENDING: 0, SUCCESS: 0, FAILED: 0 } as Record<string, number>;
    property(({ told, statuses }) => {
      expect(told.size).toBeLessThan(2);
      for (const answer of told) {
        const { orderStatus } = (JSON.parse(answer) as { value: { orderStatus: string } }).value;
        answers[orderStatus] = (answers[orderStatus] ?? 0) + 1;
        expect(statuses.slice(0, 2)).toContain(orderStatus);
      }
    });
    expect(Object.keys(answers)).toHaveLength(3);
    expect(Math.min(...Object.values(answers))).toBeGreaterThan(30);
  });
});
