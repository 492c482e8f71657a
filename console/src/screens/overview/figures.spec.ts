import { describe, expect, it } from '@jest/globals';
import type { ShopNow } from '@jangteo/client';
import { booksOf, figuresOf, lastSilenceOf, rateOf, silencesOf } from './figures.js';
import { ordersThrough, stepOf } from './load.js';
import { minutesOf, seriesOf, SPAN_MS } from './series.js';

const START = Date.parse('2026-03-01T12:00:00.000Z');
const at = (seconds: number): string => new Date(START + 1_000 * seconds).toISOString();

const outcomes: NonNullable<ShopNow['orders']>['outcomes'] = [
  { orderStatus: 'SUCCESS', orders: 50 },
  { orderStatus: 'CANCELLED', orders: 4 },
  { orderStatus: 'FAILED', failureCode: 'OUT_OF_STOCK', orders: 3 },
  { orderStatus: 'FAILED', failureCode: 'INSUFFICIENT_BALANCE', orders: 2 },
  { orderStatus: 'FAILED', failureCode: 'ORDER_TIMED_OUT', orders: 1 },
  { orderStatus: 'PENDING', orders: 0 },
];

/** The shop after so many seconds, in which only some answer. */
function shopAt(seconds: number, more: Partial<ShopNow> = {}, silent: readonly string[] = []): ShopNow {
  return {
    at: at(seconds),
    services: (['order', 'wallet'] as const).map((service) => ({
      service,
      isAnswering: !silent.includes(service),
    })),
    orders: { since: at(seconds - 60), outcomes, p95Ms: 41 },
    sagas: { inFlight: 3, stuck: 1 },
    deadLetters: 2,
    ...more,
  };
}

describe('figures', () => {
  it('count a cancelled order as one that had succeeded, and only what ended', () => {
    expect(figuresOf(shopAt(0))).toMatchObject({
      perSecond: 1,
      successPercent: 90,
      outcomes: { success: 54, refused: 5, timedOut: 1, inFlight: 0 },
      stuck: 1,
      uncounted: [],
    });
  });

  it('are not known where nobody tells, and no share of nothing', () => {
    const { orders: _, sagas: __, ...rest } = shopAt(0, {}, ['order']);
    expect(figuresOf(rest)).toMatchObject({
      perSecond: undefined,
      successPercent: undefined,
      stuck: undefined,
      uncounted: ['order'],
    });
    expect(figuresOf(shopAt(0, { orders: { since: at(-60), outcomes: [] } })).successPercent).toBeUndefined();
  });

  it('are said to be of the oldest orders where not all in flight were counted', () => {
    const sagas = { inFlight: 10_000, stuck: 0, mayBeMore: true };
    expect(figuresOf(shopAt(0, { sagas }))).toMatchObject(sagas);
    expect(figuresOf(shopAt(0)).mayBeMore).toBe(false);
  });

  it('are a second, however short the time is that the latest thousand orders took', () => {
    const orders = { since: at(-0.2), outcomes: [{ orderStatus: 'SUCCESS' as const, orders: 1_000 }] };
    expect(rateOf(shopAt(0, { orders }))).toBe(1_000);
    expect(rateOf(shopAt(0, { orders: { ...orders, since: at(-4) } }))).toBe(250);
  });
});

describe('the books', () => {
  const audit = { isSound: true, checkedAt: at(0), isOutdated: false, findings: 0, unanswered: [] };

  it('balance where the last audit says so and audits go on, as a gateway of the release before has it too', () => {
    const { isOutdated: _, ...before } = audit;
    expect([audit, before].map(booksOf)).toEqual(['done', 'done']);
  });

  it('are not known where audits have stopped, or somebody did not answer; what was found stays found', () => {
    expect(booksOf({ ...audit, isOutdated: true })).toBe('undone');
    expect(booksOf({ ...audit, isSound: false, unanswered: ['wallet'] })).toBe('undone');
    expect(booksOf({ ...audit, isSound: false, isOutdated: true, findings: 2 })).toBe('act');
  });
});

describe('the orders through a service', () => {
  it('leave out those that ended before it', () => {
    const shop = shopAt(0);
    expect(ordersThrough(shop, 'catalog')).toBe(1);
    expect(ordersThrough(shop, 'wallet')).toBe(57 / 60);
    expect(ordersThrough(shop, 'ranking')).toBe(54 / 60);
    expect(ordersThrough(shop, 'coupon')).toBeUndefined();
  });

  it.each([
    [undefined, 1],
    [0.99, 1],
    [1, 2],
    [9.9, 2],
    [10, 3],
  ] as const)('are drawn at %p a second in step %d', (rate, step) => {
    expect(stepOf(rate)).toBe(step);
  });
});

describe('a silence', () => {
  const heard = [
    shopAt(0),
    shopAt(1, {}, ['wallet']),
    shopAt(2, {}, ['wallet']),
    shopAt(3),
    shopAt(4, {}, ['order']),
    shopAt(5, {}, ['order']),
  ];

  it('lasts since the first moment without an answer', () => {
    expect(silencesOf(heard)).toEqual([
      { service: 'order', reason: undefined, sinceMs: START + 4_000, isLonger: false },
    ]);
    expect(silencesOf(heard.slice(4))).toMatchObject([{ sinceMs: START + 4_000, isLonger: true }]);
    expect(silencesOf(heard.slice(0, 4))).toEqual([]);
    expect(silencesOf([])).toEqual([]);
  });

  it('that is over is known from its beginning to its end', () => {
    expect(lastSilenceOf(heard, 'wallet')).toEqual({ fromMs: START + 1_000, toMs: START + 3_000 });
    expect(lastSilenceOf(heard, 'order')).toBeUndefined();
  });
});

describe('the strip', () => {
  it('shows the last ten minutes, and nothing of moments of which nothing was heard', () => {
    const heard = [shopAt(-601), shopAt(-20), shopAt(-19), shopAt(-3), shopAt(-2, {})];
    const { at: moments, told } = seriesOf(heard, START);
    expect(moments.map((moment) => moment - START)).toEqual([-20_000, -19_000, -18_999, -3_000, -2_000]);
    expect(told.map((one) => one?.p95Ms)).toEqual([41, 41, undefined, 41, 41]);
    expect(moments[0]! >= START - SPAN_MS).toBe(true);
  });

  it('never goes back in time', () => {
    const { at: moments } = seriesOf([shopAt(-2), shopAt(-3), shopAt(-2), shopAt(-1)], START);
    expect(moments.map((moment) => moment - START)).toEqual([-2_000, -1_000]);
  });

  it('is told by the minute as each ended', () => {
    const orders = (p95Ms: number) => ({ orders: { since: at(0), outcomes, p95Ms } });
    const heard = [
      shopAt(-61, orders(1)),
      shopAt(-59, orders(2)),
      shopAt(-1, orders(3)),
      shopAt(0, orders(4)),
    ];
    expect(minutesOf(seriesOf(heard, START)).map(({ told }) => told.p95Ms)).toEqual([1, 3, 4]);
  });
});
