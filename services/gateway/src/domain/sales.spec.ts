import { describe, expect, it } from '@jest/globals';
import { productsRange, salesRange } from './sales.js';

const NOW = Date.parse('2026-03-10T12:34:56.000Z');
const rangeOf = (wanted: Parameters<typeof salesRange>[0]) => salesRange(wanted, NOW);
const FROM_DAY = '2026-03-10T00:00:00.000Z';

describe('the range of sales', () => {
  it('is a day of hours or 30 days up to now, where nothing is said', () => {
    const to = '2026-03-10T12:34:56.000Z';
    expect(rangeOf({ by: 'hour' })).toEqual({ ok: true, value: { from: '2026-03-09T13:00:00.000Z', to } });
    expect(rangeOf({ by: 'day' })).toEqual({ ok: true, value: { from: '2026-02-09T00:00:00.000Z', to } });
  });

  it('begins with a whole hour or day of UTC', () => {
    const from = '2026-03-10T07:59:59.999Z';
    expect(rangeOf({ by: 'hour', from })).toMatchObject({ value: { from: '2026-03-10T07:00:00.000Z' } });
    expect(rangeOf({ by: 'day', from })).toMatchObject({ value: { from: FROM_DAY } });
  });

  it.each([
    ['hour', 744, '2026-02-07T12:00:00.000Z', '2026-02-07T11:59:59.999Z'],
    ['day', 100, '2025-12-01T00:00:00.000Z', '2025-11-30T23:59:59.999Z'],
  ] as const)('is as long as so many rows by %s: %i', (by, _rows, longest, longer) => {
    const to = by === 'hour' ? '2026-03-10T12:00:00.000Z' : '2026-03-11T00:00:00.000Z';
    expect(rangeOf({ by, from: longest, to })).toMatchObject({ ok: true });
    expect(rangeOf({ by, from: longer, to })).toMatchObject({ refusal: { code: 'VALIDATION_FAILED' } });
  });

  it('is no time that ends before it begins, or at once', () => {
    for (const from of [FROM_DAY, '2026-03-11T00:00:00.000Z']) {
      expect(rangeOf({ by: 'hour', from, to: FROM_DAY })).toMatchObject({
        ok: false,
        refusal: { errors: [{ path: 'from', message: 'must be before to' }] },
      });
    }
  });

  it('does not begin before the first year that there is', () => {
    const to = '0001-01-05T00:00:00Z';
    const refused = { refusal: { errors: [{ path: 'from', message: 'is needed' }] } };
    expect(rangeOf({ by: 'day', to })).toMatchObject(refused);
    expect(productsRange({ to }, NOW)).toMatchObject(refused);
    expect(rangeOf({ by: 'day', to, from: '0001-01-01T00:00:00Z' })).toMatchObject({
      value: { from: '0001-01-01T00:00:00.000Z', to: '0001-01-05T00:00:00.000Z' },
    });
  });

  it('is of whole hours for products: 30 days of them, and 100 at the most', () => {
    expect(productsRange({}, NOW)).toMatchObject({ value: { from: '2026-02-08T13:00:00.000Z' } });
    const to = '2026-03-11T00:00:00.000Z';
    expect(productsRange({ from: '2025-12-01T00:00:00.000Z', to }, NOW)).toMatchObject({ ok: true });
    expect(productsRange({ from: '2025-11-30T23:59:59.999Z', to }, NOW)).toMatchObject({
      refusal: { errors: [{ path: 'from', message: 'must be at most 2400 hours before to' }] },
    });
  });
});
