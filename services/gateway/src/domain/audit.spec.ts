import { describe, expect, it } from '@jest/globals';
import { AUDITED, BOOK_COMPARISONS, type ColumnSeen } from '@jangteo/contracts';
import {
  differing,
  differingParts,
  lasting,
  restAfter,
  missingFrom,
  ownChecks,
  sealedTo,
  stillDiffering,
  unexplained,
  type Look,
} from './audit.js';

const comparison = BOOK_COMPARISONS.find(({ name }) => name === 'payments-of-orders')!;

const column = (digests: Record<string, string>, rows = 1): ColumnSeen => ({ rows, amount: '0', digests });

const look = (
  here: Record<string, string>,
  there: Record<string, string>,
  unsettled: string[] = [],
): Look => [
  { entries: here, unsettled },
  { entries: there, unsettled: [] },
];

describe('the checks of an audit', () => {
  it('are called by names of their own', () => {
    const checks = AUDITED.flatMap((service) => ownChecks(service));
    const names = [...checks, ...BOOK_COMPARISONS].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.toSorted()).toEqual([
      'balances',
      'charges',
      'coupons-of-orders',
      'discounts-of-orders',
      'issued-coupons',
      'orders-and-sagas',
      'orders-in-data-platform',
      'orders-in-ranking',
      'payments',
      'payments-of-orders',
      'prices-of-orders',
      'progress',
      'sales',
      'stock',
      'stock-of-orders',
      'units-in-ranking',
      'used-coupons',
    ]);
  });

  it('are unknown where a service did not answer, or does not know the rule', () => {
    const seen = { rows: 1, figures: {}, broken: 0, examples: [] };
    expect(ownChecks('coupon', { 'used-coupons': seen })).toMatchObject([
      { name: 'issued-coupons', isSound: false, findings: 0, unanswered: ['coupon'] },
      { name: 'used-coupons', isSound: true, findings: 0, unanswered: [] },
    ]);
    expect(missingFrom(comparison, [column({}), undefined])).toEqual(['wallet']);
    expect(missingFrom(comparison, [column({}), column({})])).toEqual([]);
  });

  it('are without what a shop may do without where nobody speaks of it, and say what was not compared', () => {
    const sales = { rows: 1, figures: {}, broken: 0, examples: [] };
    expect(ownChecks('ranking', { sales }).map(({ name }) => name)).toEqual(['sales']);
    const notCompared = { reason: 'AWAY' as const };
    const away = ownChecks('ranking', { sales, statistics: { ...sales, rows: 0, notCompared } })[1];
    expect(away).toMatchObject({ name: 'statistics', isSound: true, findings: 0, notCompared });
    const examples = ['2026-03-10T10:00:00.000Z: ranking 5/5, statistics 4/4'];
    const wrong = ownChecks('ranking', { sales, statistics: { ...sales, broken: 1, examples } })[1];
    expect(wrong).toMatchObject({
      isSound: false,
      findings: 1,
      examples: [{ key: examples[0], problem: 'differs between ranking and statistics' }],
    });
  });
});

describe('two columns', () => {
  it('differ in the parts whose digests are not the same, or are on one side only', () => {
    const here = column({ 1: 'a', 2: 'b', 3: 'c' });
    expect(differingParts(here, here)).toEqual([]);
    expect(differingParts(here, column({ 1: 'a', 2: 'x', 4: 'd' }))).toEqual([[2, 3, 4]]);
  });

  it('are looked into as many parts at a time as are no burden, at least one', () => {
    const digests = Object.fromEntries(Array.from({ length: 40 }, (_, part) => [part, 'a']));
    expect(differingParts(column(digests), column({})).map(({ length }) => length)).toEqual([16, 16, 8]);
    const millions = differingParts(column(digests, 40_960_000), column({}));
    expect(millions.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => 4));
    expect(differingParts(column(digests, 4_096_000_000), column({}))).toHaveLength(40);
  });

  it('do not differ in orders that are on their way', () => {
    const seen = look({ a: '1', b: '1' }, { b: '2' }, ['a']);
    expect([...differing(seen)]).toEqual([['b', ['1', '2']]]);
  });
});

describe('what differs', () => {
  const problem = (first: Look, second: Look) => lasting(first, second, comparison);

  it('counts when it is the same at the second look', () => {
    const once = look({ a: '1', b: '1', c: '3' }, { b: '2', d: '4' });
    expect(problem(once, once)).toEqual([
      { key: 'a', problem: 'is in the books of order only' },
      { key: 'b', problem: 'differs between order and wallet' },
      { key: 'c', problem: 'is in the books of order only' },
      { key: 'd', problem: 'is in the books of wallet only' },
    ]);
  });

  it.each([
    ['has arrived', look({ a: '1' }, {}), look({ a: '1' }, { a: '1' })],
    ['has changed', look({ a: '1' }, {}), look({ a: '2' }, {})],
    ['is new', look({}, {}), look({ a: '1' }, {})],
    ['is on its way by then', look({ a: '1' }, {}), look({ a: '1' }, {}, ['a'])],
  ])('does not count when it %s', (_name, first, second) => {
    expect(problem(first, second)).toEqual([]);
  });
});

describe('the rest after an audit', () => {
  it('leaves the shop seven eighths of the time, and nothing where there was nothing to do', () => {
    expect(restAfter(0)).toBe(0);
    expect(restAfter(-2_000)).toBe(0);
    expect(restAfter(7_000)).toBe(49_000);
  });
});

describe('a difference in kept sums', () => {
  const older = '01920000-0000-7000-8000-000000000001';
  const newer = '01930000-0000-7000-8000-000000000001';

  it('is looked for behind the later of two marks first', () => {
    const marked = (id: string) => ({ ...column({}), sealedTo: id });
    expect(sealedTo([column({}), column({})])).toBeUndefined();
    expect(sealedTo([marked(newer), column({})])).toBe(newer);
    expect(sealedTo([marked(older), marked(newer)])).toBe(newer);
  });

  it('stays as it was where nothing happened meanwhile', () => {
    const before = [
      column({ 1: '1/1', 2: '1/2', 3: '1/3' }),
      column({ 1: '1/9', 2: '1/9', 4: '1/4' }),
    ] as const;
    expect(stillDiffering(before, before)).toEqual([[1, 2, 3, 4]]);
    expect(stillDiffering(before, [before[0], column({ 1: '1/9', 2: '1/2', 3: '1/3' })])).toEqual([[1]]);
    expect(stillDiffering(before, [before[0], column({ 1: '1/8', 2: '1/9', 4: '1/4' })])).toEqual([
      [2, 3, 4],
    ]);
  });

  it('is no row that one side has pruned', () => {
    const [here, there] = look({ [older]: '1/1', [newer]: '1/1' }, {});
    expect([...differing([here, there]).keys()]).toEqual([older, newer]);
    expect([...differing([here, { ...there, prunedTo: older }]).keys()]).toEqual([newer]);
  });

  it('that no row explains is told, unless an order there is on its way', () => {
    expect(unexplained([17], look({}, {}), newer)).toMatchObject([{ key: 'part 17' }]);
    expect(unexplained([17], look({}, {}, [older]), newer)).toEqual([]);
    expect(unexplained([17], look({}, {}, [newer]), newer)).toMatchObject([{ key: 'part 17' }]);
  });
});
