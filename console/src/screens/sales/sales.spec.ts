import { describe, expect, it } from '@jest/globals';
import type { SalesOfPeriod } from '@jangteo/client';
import { barsOf, ticksAt } from './bar-places.js';
import { knownIn, measureOf, originOf, sumOf } from './figures.js';
import { timesOf, viewOf } from './view.js';

const NOW = Date.parse('2026-03-10T12:34:56.000Z');

describe('the address of the sales', () => {
  it.each([
    [{}, { by: 'day', last: '30d' }],
    [{ last: '24h' }, { by: 'hour', last: '24h' }],
    [
      { last: '24h', by: 'day' },
      { by: 'day', last: '24h' },
    ],
    [
      { last: '7d', by: 'hour' },
      { by: 'hour', last: '7d' },
    ],
    // More hours than are told at a time.
    [
      { last: '90d', by: 'hour' },
      { by: 'day', last: '90d' },
    ],
    [
      { last: 'century', by: 'year' },
      { by: 'day', last: '30d' },
    ],
    [
      { last: '24h', from: '2026-03-01T00:00' },
      { by: 'day', last: undefined },
    ],
    [
      { to: '2026-03-01T00:00', by: 'hour' },
      { by: 'hour', last: undefined },
    ],
  ])('%j means %j', (address, view) => expect(viewOf(address)).toEqual(view));

  it('asks for whole days or hours up to now', () => {
    expect(timesOf({}, NOW, 'utc')).toEqual({ from: '2026-02-09T00:00:00.000Z' });
    expect(timesOf({ last: '24h' }, NOW, 'utc')).toEqual({ from: '2026-03-09T13:00:00.000Z' });
  });

  it('asks for the times that it has, and as they are for what is none', () => {
    const from = '2026-03-01T10:00:00.000Z';
    expect(timesOf({ last: '24h', from }, NOW, 'utc')).toEqual({ from });
    expect(timesOf({ to: 'tomorrow' }, NOW, 'utc')).toEqual({ to: 'tomorrow' });
  });
});

describe('the figures of sales', () => {
  const row = (more: Partial<SalesOfPeriod>): SalesOfPeriod => ({
    at: '2026-03-10T00:00:00.000Z',
    units: 2,
    source: 'ranking',
    ...more,
  });
  const whole = row({ source: 'statistics', orders: 1, revenue: 500, discount: 0 });

  it('are drawn of what is known, money first', () => {
    expect(knownIn([row({})])).toEqual(['units']);
    expect(knownIn([row({ orders: 0 }), whole])).toEqual(['revenue', 'units', 'orders']);
    expect(measureOf('orders', ['revenue', 'orders'])).toBe('orders');
    expect(measureOf('revenue', ['units'])).toBe('units');
    expect(measureOf('beauty', ['revenue', 'units'])).toBe('revenue');
  });

  it('say that a sum lacks rows, and are none where no row has any', () => {
    expect(sumOf([whole, whole], 'revenue')).toEqual({ value: 1_000, isPart: false });
    expect(sumOf([whole, row({})], 'revenue')).toEqual({ value: 500, isPart: true });
    expect(sumOf([row({})], 'discount')).toBeUndefined();
  });

  it('are of one source or of both', () => {
    expect([[], [whole], [row({})], [whole, row({})]].map(originOf)).toEqual([
      undefined,
      'statistics',
      'ranking',
      'both',
    ]);
  });
});

describe('bars', () => {
  it('stand beside each other, are seen where there is little, and fill the height where nothing is known', () => {
    expect(barsOf([0, 50, 0.001, null], 100)).toEqual([
      { x: 25, y: 100, width: 200, height: 0 },
      { x: 275, y: 50, width: 200, height: 50 },
      { x: 525, y: 98.8, width: 200, height: 1.2 },
      { x: 775, y: 0, width: 200, height: 100 },
    ]);
  });

  it('are named at whole steps of the clock, by dates where these are far apart', () => {
    const hours = (count: number) =>
      Array.from({ length: count }, (_, i) => NOW - (NOW % 3_600_000) + i * 3_600_000);
    expect(ticksAt(hours(5), 'hour', 'utc')).toEqual({ indices: [0, 1, 2, 3, 4], isDate: false });
    // 12:00 and then 16:00, 20:00 …
    expect(ticksAt(hours(24), 'hour', 'utc')).toEqual({ indices: [0, 4, 8, 12, 16, 20], isDate: false });
    // Each at midnight.
    expect(ticksAt(hours(168), 'hour', 'utc')).toEqual({ indices: [36, 84, 132], isDate: true });
    expect(ticksAt(hours(744), 'hour', 'utc').indices.length).toBeLessThanOrEqual(6);
    const days = Array.from({ length: 100 }, (_, i) => Date.UTC(2026, 0, 1 + i));
    expect(ticksAt(days.slice(0, 3), 'day', 'local').indices).toEqual([0, 1, 2]);
    expect(ticksAt(days, 'day', 'local').indices.length).toBeLessThanOrEqual(6);
  });
});
