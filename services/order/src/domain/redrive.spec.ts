import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { done, refuse, reserveStock, type Outcome, type PayloadOf } from '@jangteo/contracts';
import { apply } from './decide.js';
import { effectsOf, type Effect } from './effects.js';
import { begun } from './placing.js';
import { redriveOf } from './redrive.js';
import { inputOfReply, isFinal, type Input, type Saga } from './saga.js';
import { commandOf, STEPS, type CommandName } from './steps.js';

const orderId = '01920000-0000-7000-8000-0000000000a1';
const productId = '01920000-0000-7000-8000-0000000000b1';
const userCouponId = '01920000-0000-7000-8000-0000000000d2';
const PRICE = 10_000;
const now = new Date('2026-01-01T00:00:00.000Z');
const bounds = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 3,
  inFlightMax: 20,
  cancelWindowMs: 604_800_000,
};

const ACTION_OF = new Map<CommandName, CommandName>(
  STEPS.map(({ action, undo }) => [undo.name, action.name]),
);

interface Scenario {
  readonly hasCoupon: boolean;
  readonly discount: number;
  readonly expectedTotal: number | undefined;
  /** An action that is refused, or that nobody answers until the order is given up. */
  readonly refused: CommandName | undefined;
  readonly silent: CommandName | undefined;
  readonly isCancelled: boolean;
}

const USUAL: Scenario = {
  hasCoupon: true,
  discount: 1_000,
  expectedTotal: undefined,
  refused: undefined,
  silent: undefined,
  isCancelled: false,
};

/** All participants: what they decided, and what of it is in effect. */
class Participants {
  /** Of the moment, by the catalog. */
  price = PRICE;

  constructor(
    private readonly scenario: Scenario,
    private readonly outcomes = new Map<CommandName, Outcome>(),
    private readonly effects = new Map<CommandName, unknown>(),
  ) {}

  /** A backup of them. */
  copy(): Participants {
    return new Participants(this.scenario, new Map(this.outcomes), new Map(this.effects));
  }

  /** Effects that the participants hold for the order, by action. */
  held(): unknown {
    return [...this.effects].toSorted(([one], [other]) => one.localeCompare(other));
  }

  everything(): unknown {
    return { held: this.held(), outcomes: [...this.outcomes] };
  }

  handle({ contract, payload }: Extract<Effect, { kind: 'command' }>): Outcome {
    const command = commandOf(contract.type).name;
    const outcome = this.outcomes.get(command) ?? this.#decided(command, payload);
    this.outcomes.set(command, outcome);
    return outcome;
  }

  #decided(command: CommandName, payload: unknown): Outcome {
    const action = ACTION_OF.get(command);
    if (action !== undefined) {
      this.effects.delete(action);
      if (!this.outcomes.has(action)) this.outcomes.set(action, refuse('ORDER_TIMED_OUT'));
      return done({});
    }
    if (command === this.scenario.refused) return refuse('OUT_OF_STOCK');
    if (command === 'ReserveStock') {
      const { charged } = payload as PayloadOf<typeof reserveStock>;
      const price = charged?.find(({ optionId }) => optionId === productId)?.price ?? this.price;
      const items = [{ productId, optionId: productId, name: 'Tea cup', price, quantity: 1 }];
      this.effects.set(command, items);
      return done({ items, subtotal: price });
    }
    this.effects.set(command, payload);
    return done(command === 'UseCoupon' ? { discount: this.scenario.discount } : { balanceAfter: 0 });
  }
}

const commandsIn = (effects: readonly Effect[]) => effects.filter((effect) => effect.kind === 'command');

/** An order that has ended, and what the participants had at each moment until then. */
function lived(scenario: Scenario): { saga: Saga; participants: Participants; backups: Participants[] } {
  const { hasCoupon, expectedTotal, silent, isCancelled } = scenario;
  const lines = [{ productId, quantity: 1 }];
  const operation = { key: orderId, fingerprint: '' };
  const coupon = hasCoupon ? { userCouponId } : {};
  const payload = {
    operation,
    orderId,
    userId: orderId,
    items: lines,
    wait: false,
    ...coupon,
    expectedTotal,
  };
  let saga = begun({ payload, replyAddress: undefined, trace: {} }, lines, { now, bounds });
  const participants = new Participants(scenario);
  const backups = [participants.copy()];
  const tell = (input: Input): void => {
    const { changed, reactions } = apply(
      { now, sagas: [saga], carts: { lines: [], underway: [] } },
      [input],
      bounds,
    );
    saga = changed[0]?.after ?? saga;
    hear(reactions.flatMap(({ effects }) => effects));
  };
  const hear = (effects: readonly Effect[]): void => {
    for (const command of commandsIn(effects)) {
      const outcome = participants.handle(command);
      backups.push(participants.copy());
      const { type } = command.contract;
      if (commandOf(type).name === silent) tell({ kind: 'deadline', orderId });
      else tell(inputOfReply(type, orderId, outcome));
    }
  };
  hear(effectsOf(saga));
  const by = { userId: undefined, cancelledBy: 'customer', waiter: undefined, trace: {} };
  if (isCancelled) tell({ kind: 'cancel', orderId, ...by });
  return { saga, participants, backups };
}

function redrive(saga: Saga, participants: Participants): Outcome[] {
  return commandsIn(redriveOf(saga).effects).map((command) => participants.handle(command));
}

const actions = fc.constantFrom<CommandName>('ReserveStock', 'UseCoupon', 'DebitWallet');
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  hasCoupon: fc.boolean(),
  discount: fc.constantFrom(1_000, PRICE),
  expectedTotal: fc.constantFrom(undefined, PRICE, 1),
  refused: fc.option(actions, { nil: undefined }),
  silent: fc.option(actions, { nil: undefined }),
  isCancelled: fc.boolean(),
});

describe('an order that is redriven', () => {
  it('has every participant hold what its end says, whichever moment each of them was restored to', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { saga, participants, backups } = lived(scenario);
        expect(isFinal(saga.state)).toBe(true);
        ends.add(saga.state);
        for (const backup of backups) {
          backup.price = PRICE + 1;
          redrive(saga, backup);
          expect(backup.held()).toEqual(participants.held());
          const before = backup.everything();
          redrive(saga, backup);
          expect(backup.everything()).toEqual(before);
        }
      }),
      { numRuns: 500 },
    );
    expect([...ends].toSorted()).toEqual(['CANCELLED', 'FAILED', 'SUCCESS']);
  });

  it('has stock held in lines that a message may have, however much of one option it was', () => {
    const { saga } = lived(USUAL);
    const [item] = saga.order.items;
    if (item === undefined) throw new Error('an order without items');
    const order = { ...saga.order, items: [{ ...item, quantity: 100_000 }] };
    const [reserve] = commandsIn(redriveOf({ ...saga, order }).effects);
    const { items } = reserveStock.payload.parse(reserve?.payload);
    expect(items.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(100_000);
  });

  it('is not moved by any answer', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { saga, participants } = lived(scenario);
        const sent = commandsIn(redriveOf(saga).effects);
        const replies = [...sent, ...sent].map((one) =>
          inputOfReply(one.contract.type, orderId, participants.handle(one)),
        );
        const { changed, history, reactions } = apply(
          { now, sagas: [saga], carts: { lines: [], underway: [] } },
          replies,
          bounds,
        );
        expect({ changed, history }).toEqual({ changed: [], history: [] });
        expect(reactions.flatMap(({ effects }) => commandsIn(effects))).toEqual([]);
      }),
    );
  });

  it.each([
    [{ isCancelled: false }, ['order.completed']],
    [{ isCancelled: true }, ['order.completed', 'order.cancelled']],
    [{ refused: 'DebitWallet' as const }, []],
  ])('is told to its subscribers again: %j', (more, told) => {
    const { saga } = lived({ ...USUAL, ...more });
    const events = redriveOf(saga).effects.flatMap((one) => (one.kind === 'event' ? [one.event] : []));
    expect(events).toEqual(told);
    const names = commandsIn(redriveOf(saga).effects).map(({ contract }) => commandOf(contract.type).name);
    expect(redriveOf(saga).commands).toEqual(names);
  });

  it('waits until it has ended', () => {
    const { saga } = lived({
      hasCoupon: false,
      discount: 0,
      expectedTotal: undefined,
      refused: undefined,
      silent: undefined,
      isCancelled: false,
    });
    for (const state of [...STEPS.map((step) => step.state), 'UNDOING', 'CANCELLING'] as const) {
      expect(redriveOf({ ...saga, state })).toEqual({ commands: [], effects: [] });
    }
  });
});
