import { describe, expect, it } from '@jest/globals';
import type { AuditCheck } from '@jangteo/client';
import { moneyOf, pathOf, problemOf, told, verdictOn, type Part } from './equations.js';
import { words } from './words.js';

const ORDER = '01920000-0000-7000-8000-0000000000e1';

const check = (
  name: string,
  seen: readonly (readonly [AuditCheck['seen'][number]['service'], Record<string, string>])[],
  more: Partial<AuditCheck> = {},
): AuditCheck => ({
  name,
  about: 'It holds',
  isSound: true,
  findings: 0,
  examples: [],
  seen: seen.map(([service, sums]) => ({ service, what: name, rows: 1, sums })),
  unanswered: [],
  ...more,
});

const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : `${part.sum} ${part.value ?? '?'}`)).join(' ');

describe('a check of the books', () => {
  it('is an equation of what both sides have', () => {
    const payments = told(
      check('payments-of-orders', [
        ['order', { payments: '3700' }],
        ['wallet', { payments: '3700' }],
      ]),
    );
    expect(textOf(payments.parts)).toBe('order.payments 3700 = wallet.payments 3700');
    expect(payments).toMatchObject({ verdict: 'SOUND', difference: 0n });
  });

  it('is of money, or counts what is none', () => {
    const isMoney = (name: string) => told(check(name, [])).isMoney;
    const amounts = ['money', 'charges', 'balances', 'payments-of-orders', 'discounts-of-orders'];
    expect(amounts.map(isMoney)).toEqual(amounts.map(() => true));
    // Of orders, how often each was paid and refunded.
    expect(['payments', 'stock', 'statistics', 'of a later release'].map(isMoney)).not.toContain(true);
  });

  it('is not known to hold where nothing was compared, and is where something was', () => {
    const sums: Parameters<typeof check>[1] = [['ranking', { ranking: '5', statistics: '5' }]];
    const partly = { reason: 'BEHIND', from: '2026-03-10T10:00:00.000Z' } as const;
    expect(told(check('statistics', sums, { notCompared: partly }))).toMatchObject({ verdict: 'SOUND' });
    const away = told(check('statistics', [['ranking', {}]], { notCompared: { reason: 'AWAY' } }));
    expect(away.verdict).toBe('UNKNOWN');
    expect(textOf(away.parts)).toBe('ranking.ranking ? = ranking.statistics ?');
    // The rest of the books is known all the same.
    expect(verdictOn([check('statistics', [], { notCompared: { reason: 'AWAY' } })])).toBe('SOUND');
  });

  it('adds what is on its way to the side that has not got it yet, where nothing is wrong', () => {
    const partsOf = (order: string, wallet: string) =>
      textOf(
        told(
          check('payments-of-orders', [
            ['order', { payments: order }],
            ['wallet', { payments: wallet }],
          ]),
        ).parts,
      );
    expect(partsOf('3700', '3200')).toBe('order.payments 3700 = wallet.payments 3200 + rest 500');
    expect(partsOf('3200', '3700')).toBe('order.payments 3200 + rest 500 = wallet.payments 3700');
  });

  it('adds up what stands on one side', () => {
    const stock = (taken: string) =>
      told(check('stock', [['catalog', { received: '100', remaining: '96', taken }]], { findings: 1 }));
    expect(stock('4').difference).toBe(0n);
    expect(stock('6').difference).toBe(-2n);
    expect(textOf(stock('6').parts)).toBe('catalog.received 100 ≠ catalog.remaining 96 + catalog.taken 6');
  });

  it('takes what may be more for no difference', () => {
    const differenceOf = (more: Record<string, string>) => {
      const sums = { total: '100', issued: '30', held: '30', ...more };
      return told(check('issued-coupons', [['coupon', sums]], { findings: 1 })).difference;
    };
    expect(differenceOf({})).toBe(0n);
    expect(differenceOf({ total: '29' })).toBe(-1n);
    expect(differenceOf({ held: '31' })).toBe(-1n);
  });

  it('tells sums that no number holds exactly', () => {
    const sums = { balance: '90071992547409931', ledger: '90071992547409930' };
    expect(told(check('balances', [['wallet', sums]], { findings: 1 })).difference).toBe(1n);
  });

  it('is not known while a side has not answered, whatever the other one has', () => {
    const half = told(
      check('payments-of-orders', [['order', { payments: '3700' }]], { unanswered: ['wallet'] }),
    );
    expect(textOf(half.parts)).toBe('order.payments 3700 = wallet.payments ?');
    expect(half).toMatchObject({ verdict: 'UNKNOWN', difference: 0n });
  });

  it('of a later release shows its sums side by side', () => {
    const later = told(
      check('tomorrow', [
        ['order', { a: '1' }],
        ['coupon', { b: '1' }],
      ]),
    );
    expect(later.group).toBe('others');
    expect(textOf(later.parts)).toBe('order.a 1 = coupon.b 1');
  });

  it('has its place and the words for its sums', () => {
    for (const name of Object.keys(words.ko.about)) {
      const { group, parts } = told(check(name, []));
      expect([name, group]).not.toEqual([name, 'others']);
      const sums = parts.flatMap((part) => (typeof part === 'object' ? [part.sum] : []));
      expect(sums.filter((sum) => !(sum in words.en.sums && sum in words.ko.sums))).toEqual([]);
    }
  });
});

describe('all money', () => {
  const checks = (balance: string, more: Partial<AuditCheck> = {}) => [
    check('charges', [['wallet', { due: '5000', credited: '5000' }]]),
    check('balances', [['wallet', { balance, ledger: balance, held: '0' }]]),
    check(
      'payments-of-orders',
      [
        ['order', { payments: '3000' }],
        ['wallet', { payments: '3000' }],
      ],
      more,
    ),
  ];
  const toldOf = (all: readonly AuditCheck[]) => told(moneyOf(all)!);

  it('is what was charged, in balances or paid', () => {
    const money = toldOf(checks('2000'));
    expect(textOf(money.parts)).toBe('wallet.charged 5000 = wallet.balance 2000 + wallet.paid 3000');
    expect(money).toMatchObject({ group: 'money', verdict: 'SOUND', difference: 0n });
  });

  it('has a rest by what audits do not tell, but none where something is wrong', () => {
    const rest = toldOf(checks('1900'));
    expect(textOf(rest.parts)).toMatch(/wallet.paid 3000 \+ rest 100$/);
    expect(rest).toMatchObject({ verdict: 'SOUND', difference: 0n });
    expect(toldOf(checks('1900', { findings: 1 }))).toMatchObject({ verdict: 'UNSOUND', difference: 100n });
  });

  it('is not known while a part of it is not', () => {
    const [charges, balances] = checks('2000') as [AuditCheck, AuditCheck];
    const payments = check('payments-of-orders', [['order', { payments: '3000' }]], {
      unanswered: ['wallet'],
    });
    const money = toldOf([charges, balances, payments]);
    expect(textOf(money.parts)).toBe('wallet.charged 5000 = wallet.balance 2000 + wallet.paid ?');
    expect(money.verdict).toBe('UNKNOWN');
    expect(moneyOf([charges, balances])).toBeUndefined();
  });
});

describe('an audit', () => {
  it('is never sound where something is not known, and unsound where anything is wrong', () => {
    const known = check('stock', []);
    const unknown = check('sales', [], { unanswered: ['ranking'] });
    const wrong = check('balances', [], { findings: 2 });
    expect(verdictOn([known])).toBe('SOUND');
    expect(verdictOn([known, unknown])).toBe('UNKNOWN');
    expect(verdictOn([known, unknown, wrong])).toBe('UNSOUND');
  });
});

describe('a finding', () => {
  it('leads to what it is about', () => {
    expect(pathOf({ name: 'payments-of-orders' }, ORDER)).toBe(`/orders/${ORDER}`);
    expect(pathOf({ name: 'units-in-ranking' }, `1767225600/${ORDER}`)).toBe(`/products/${ORDER}`);
    expect(pathOf({ name: 'statistics' }, '2026-03-10T10:00:00.000Z: ranking 5/5, statistics 4/4')).toBe(
      '/sales?by=hour&from=2026-03-10T10%3A00%3A00.000Z&to=2026-03-10T10%3A59%3A59.999Z',
    );
    expect(pathOf({ name: 'payments-of-orders' }, 'part 17')).toBeUndefined();
    expect(pathOf({ name: 'charges' }, ORDER)).toBeUndefined();
  });

  it('says whose books it is about', () => {
    expect(problemOf('differs between order and wallet')).toEqual(['differs', 'order', 'wallet']);
    expect(problemOf('is in the books of order only')).toEqual(['only', 'order']);
    expect(problemOf('breaks the rule in the books of wallet')).toEqual(['breaks', 'wallet']);
    expect(problemOf('something else')).toBeUndefined();
  });
});
