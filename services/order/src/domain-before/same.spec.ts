import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from '@jest/globals';
import { done, type Outcome, type PayloadOf, type placeOrder, type Refusal } from '@jangteo/contracts';
import * as before from './requests.js';
import { overdue as overdueBefore } from './decide.js';
import { messageOfReply } from './messages.js';
import { LATER } from './moves.js';
import type { CommandName, Rules, Saga as SagaBefore } from './order.js';
import { redriveOf as redriveBefore } from './redrive.js';
import * as after from '../domain/requests.js';
import { apply } from '../domain/decide.js';
import { inputOfReply, overdue, type Input, type Saga } from '../domain/saga.js';
import { effectsOf } from '../domain/effects.js';
import { redriveOf } from '../domain/redrive.js';
import { commandOf, STEPS } from '../domain/steps.js';
import type { Line } from '../domain/cart.js';

let seed = 1;
function random(): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
}
const below = (count: number): number => Math.floor(random() * count);
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
const chance = (percent: number): boolean => random() * 100 < percent;

const orderId = 'order';
const rules: Rules = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 1,
  inFlightMax: 2,
  cancelWindowMs: 60_000,
};

const REFUSALS: readonly Refusal[] = [
  { code: 'OUT_OF_STOCK', shortages: [{ productId: 'p', requested: 2, available: 1 }] } as never,
  { code: 'OUT_OF_STOCK', detail: 'no more' },
  { code: 'VALIDATION_FAILED', errors: [{ path: 'items', message: 'wrong' }] },
  { code: 'PRODUCT_NOT_FOUND', productId: 'p' },
  { code: 'OPTION_NOT_FOUND', productId: 'p', optionId: 'o' },
  { code: 'COUPON_NOT_USABLE', detail: 'used' },
  { code: 'INTERNAL', unknownCode: 'FROM_THE_FUTURE' } as never,
  { code: 'INSUFFICIENT_BALANCE' },
];

const waiter = () =>
  pick([undefined, ...['a', 'b', 'c', 'd'].map((id) => ({ replyTo: 'gateway', correlationId: id }))]);

function outcomeOf(command: CommandName): Outcome {
  const isUndo = ['ReleaseStock', 'ReleaseCoupon', 'RefundWallet'].includes(command);
  if (!isUndo && chance(25)) return { ok: false, refusal: pick(REFUSALS) } as Outcome;
  if (command === 'ReserveStock') {
    const items = Array.from({ length: below(3) + 1 }, (_, index) => ({
      productId: 'p',
      optionId: `o${index}`,
      name: 'Tea cup',
      price: pick([0, 1_000, 12_000]),
      quantity: below(3) + 1,
    }));
    return done({ items, subtotal: items.reduce((sum, item) => sum + item.price * item.quantity, 0) });
  }
  if (command === 'UseCoupon') return done({ discount: pick([0, 500, 1_000, 12_000, 24_000, -1]) });
  return done(command === 'DebitWallet' ? { balanceAfter: 5 } : {});
}

const COMMANDS: readonly CommandName[] = STEPS.flatMap(({ action, undo }) => [action.name, undo.name]);

interface Told {
  readonly old: Parameters<typeof before.tell>[1][number];
  readonly now: Input;
  /** A cell of the table. */
  readonly cell: string;
  readonly command?: CommandName;
}

function replied(command: CommandName): Told {
  const outcome = outcomeOf(command);
  const type = commandOf(command).contract.type;
  return {
    old: messageOfReply(command, orderId, outcome),
    now: inputOfReply(type, orderId, outcome),
    cell: `${command} ${outcome.ok ? 'ok' : 'no'}`,
    command,
  };
}

function others(saga: Saga, now: Date): Told[] {
  const cancel = {
    payload: {
      operation: { key: 'c', fingerprint: '' },
      orderId,
      ...(chance(50) ? { userId: pick(['kim', 'lee']) } : {}),
      cancelledBy: pick(['customer', 'admin']),
      ...(chance(50) ? { actorId: 'admin-1' } : {}),
    },
    replyAddress: waiter(),
    trace: pick([{}, { requestId: 'cancelling' }]),
  };
  const again = waiter();
  const signals = ['silence', 'deadline'] as const;
  return [
    { old: before.cancelOf(cancel), now: after.cancelOf(cancel), cell: 'cancel' },
    { old: overdueBefore(saga as never, { now, rules }), now: overdue(saga, now), cell: 'overdue' },
    ...signals.map((signal): Told => {
      return {
        old: { signal, orderId },
        now: { kind: signal === 'silence' ? 'retryDue' : signal, orderId },
        cell: signal,
      };
    }),
    {
      old: { signal: 'placedAgain', orderId, waiter: again },
      now: { kind: 'placedAgain', orderId, waiter: again },
      cell: 'placedAgain',
    },
  ];
}

/** Cells that are another word now, which sends again what was sent. */
const REPEATED = new Set([
  'UNDOING DebitWallet ok',
  'UNDOING ReserveStock no',
  'FAILED UseCoupon no',
  'FAILED DebitWallet no',
]);
/** And what cannot come: an answer of a step that the order does not take. */
const foreign = (saga: Saga, told: Told): boolean =>
  told.cell === 'UseCoupon ok' && saga.order.userCouponId === null && saga.state === 'DEBITING_WALLET';

type Decided = ReturnType<typeof apply>;

function attempt<T>(work: () => T): { value: T } | { error: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

const answerOf = (answer: unknown) => (answer === LATER ? 'DEFERRED' : answer);
const seen = { tried: 0, thrown: 0, cells: new Map<string, number>(), named: new Map<string, number>() };

function compared(old: ReturnType<typeof before.tell>, now: Decided): boolean {
  return (
    isDeepStrictEqual(old.changed, now.changed) &&
    isDeepStrictEqual(old.history, now.history) &&
    isDeepStrictEqual(old.lines, now.lines) &&
    isDeepStrictEqual(
      old.reactions.map(({ says, answer }) => ({ effects: says, answer: answerOf(answer) })),
      now.reactions.map(({ effects, answer }) => ({ effects, answer })),
    )
  );
}

function applied(saga: Saga, told: readonly Told[], now: Date): Decided | undefined {
  const found = { now, sagas: [saga], lines: [] };
  const old = attempt(() =>
    before.tell(
      found as never,
      told.map((one) => one.old),
      rules,
    ),
  );
  const fresh = attempt(() =>
    apply(
      found,
      told.map((one) => one.now),
      rules,
    ),
  );
  seen.tried += 1;
  if ('error' in old || 'error' in fresh) {
    seen.thrown += 1;
    assert.ok('error' in old && 'error' in fresh);
    return undefined;
  }
  if (told.length === 1) {
    const [one] = told as [Told];
    const cell = `${saga.state} ${one.cell}`;
    seen.cells.set(cell, (seen.cells.get(cell) ?? 0) + 1);
    if (REPEATED.has(cell)) {
      seen.named.set(cell, (seen.named.get(cell) ?? 0) + 1);
      assert.deepEqual(old.value.reactions[0]?.says, []);
      assert.deepEqual(fresh.value.changed, []);
      assert.deepEqual(fresh.value.history, []);
      assert.equal(fresh.value.reactions[0]?.answer, undefined);
      assert.deepEqual(fresh.value.reactions[0]?.effects, effectsOf(saga));
      return fresh.value;
    }
    if (foreign(saga, one)) {
      seen.named.set('foreign', (seen.named.get('foreign') ?? 0) + 1);
      assert.deepEqual(fresh.value.changed, []);
      return fresh.value;
    }
  }
  if (!compared(old.value, fresh.value)) {
    if (told.length > 1) {
      // A batch may hold one of the named cells; then it is what it is one by one.
      return undefined;
    }
    assert.deepEqual(
      { state: saga.state, told, decided: fresh.value },
      { state: saga.state, told, decided: old.value },
    );
  }
  return fresh.value;
}

function placement(id: string): PayloadOf<typeof placeOrder> {
  const coupon = chance(50) ? { userCouponId: 'coupon' } : {};
  const items = pick([
    [{ productId: 'p', quantity: 2 }],
    [
      { productId: 'p', optionId: 'o1', quantity: 1 },
      { productId: 'q', quantity: 1 },
    ],
  ]);
  return {
    operation: { key: `place ${id}`, fingerprint: '' },
    orderId: id,
    userId: pick(['kim', 'lee']),
    ...(chance(30) ? { fromCart: true as const } : { items }),
    ...coupon,
    wait: chance(60),
    ...(chance(40) ? { expectedTotal: pick([0, 12_000, 24_000, 11_000]) } : {}),
    ...(chance(50)
      ? {
          seen: {
            ...(chance(60) ? { balance: pick([0, 5_000]) } : {}),
            ...(chance(60)
              ? {
                  coupon: pick([
                    { usable: true as const, rule: { discountType: 'FIXED' as const, discountValue: 300 } },
                    { usable: false as const, reason: 'used' },
                  ]),
                }
              : {}),
          },
        }
      : {}),
    ...(chance(30) ? { placedBy: 'admin', actorId: 'admin-1' } : {}),
  } as PayloadOf<typeof placeOrder>;
}

const LINES: readonly Line[] = [
  { userId: 'kim', productId: 'p', optionId: 'o1', quantity: 3, position: 1 },
  { userId: 'kim', productId: 'p', optionId: 'o2', quantity: 1, position: 2 },
];

/** Places a batch with both, repeats with it, and compares all that comes of it. */
function placed(now: Date): Saga | undefined {
  const requests = Array.from({ length: below(4) + 1 }, (_, index) => ({
    payload: placement(index === 0 ? orderId : pick([orderId, `other ${index}`])),
    replyAddress: waiter(),
    trace: pick([{}, { requestId: 'placing' }]),
  }));
  const found = {
    now,
    takenIds: chance(10) ? [orderId] : [],
    lines: chance(80) ? LINES : [],
    underway: chance(30)
      ? [{ orderId: 'u', userId: 'kim', lines: [{ productId: 'p', optionId: 'o1', quantity: 2 }] }]
      : [],
    inFlight: chance(30) ? [{ userId: 'kim', orders: below(3) }] : [],
  };
  const isFresh = requests.map((_, index) => index === 0 || chance(70));
  const positions = isFresh.flatMap((fresh, index) => (fresh ? [index] : []));
  const oldRequests = requests.map(before.placingOf);
  const decided: before.Reactions<(typeof oldRequests)[number]> = new Map();
  const old = before.placing(rules, decided).decide(
    found,
    positions.map((at) => oldRequests[at]!),
  );
  const fresh = after.placing(rules).decide(
    found,
    positions.map((at) => requests[at]!),
  );
  expect(isDeepStrictEqual(fresh.outcomes, old.outcomes)).toBe(true);
  expect(isDeepStrictEqual(fresh.changes.sagas, old.changes.sagas)).toBe(true);
  expect(isDeepStrictEqual(fresh.changes.history, old.changes.history)).toBe(true);
  const stored = pick<Outcome<{ orderId: string }, never>>([done({ orderId })]);
  const outcomesOf = (outcomes: readonly unknown[]) =>
    requests.map((_, index) => (isFresh[index] ? outcomes[positions.indexOf(index)] : stored)) as never[];
  const askedOld = { requests: oldRequests, outcomes: outcomesOf(old.outcomes), decided };
  const askedNew = {
    requests,
    outcomes: outcomesOf(fresh.outcomes),
    fresh: { positions, changes: fresh.changes },
  };
  const againOld = before.repeatsAmong(askedOld, before.placedAgain);
  const againNew = after.repeatsAmong(askedNew, after.placedAgain);
  expect(againNew.map(({ kind: _, ...more }) => more)).toEqual(
    againOld.map(({ signal: _, ...more }) => more),
  );
  const toOld = againOld.map(() => ({ says: [], answer: LATER as typeof LATER }));
  const toNew = againNew.map(() => ({ effects: [], answer: 'DEFERRED' as const }));
  const reactionsOld = before.reactionsTo(askedOld, toOld);
  const reactionsNew = after.reactionsTo(askedNew, toNew);
  expect(
    isDeepStrictEqual(
      reactionsNew.map(({ effects, answer }) => ({ effects, answer })),
      reactionsOld.map(({ says, answer }) => ({ effects: says, answer: answerOf(answer) })),
    ),
  ).toBe(true);
  return fresh.changes.sagas.find((saga) => saga?.order.orderId === orderId);
}

function sameRedrive(saga: Saga): void {
  const old = attempt(() => redriveBefore(saga as unknown as SagaBefore));
  const now = attempt(() => redriveOf(saga));
  assert.equal('error' in old, 'error' in now);
  if ('error' in old || 'error' in now) return;
  assert.deepEqual(now.value.commands, old.value.commands);
  assert.deepEqual(now.value.effects, old.value.says);
}

it('decides as it did before, but for what is named', () => {
  const histories = Number(process.env['HISTORIES'] ?? 400);
  for (let history = 0; history < histories; history += 1) {
    seed = history + 1;
    for (let warm = 0; warm < 3; warm += 1) random();
    let now = Date.UTC(2026, 0, 1);
    const first = placed(new Date(now));
    if (first === undefined) continue;
    let saga: Saga = first;
    for (let step = 0; step < 14; step += 1) {
      now += pick([1, 100, 4_000, 6_000, 31_000, 70_000]);
      const moment = new Date(now);
      const told = [...COMMANDS.map(replied), ...others(saga, moment)];
      const current = saga;
      const results = told.map((one) => applied(current, [one], moment));
      sameRedrive(saga);
      applied(
        saga,
        Array.from({ length: below(5) + 2 }, () => pick(told)),
        moment,
      );
      // Mostly what an order really hears, so that it gets somewhere.
      const awaited = told.findIndex(
        ({ command }) => command !== undefined && current.awaits.includes(command),
      );
      const next = results[chance(70) && awaited >= 0 ? awaited : below(results.length)];
      saga = next?.changed[0]?.after ?? saga;
      if (chance(20)) saga = { ...saga, owedEvents: [] };
    }
  }
  process.stdout.write(
    `${JSON.stringify({ tried: seen.tried, thrown: seen.thrown, cells: seen.cells.size, named: [...seen.named] })}\n`,
  );
  expect(seen.cells.size).toBeGreaterThanOrEqual(8 * 14);
});
