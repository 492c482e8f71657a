import { describe, expect, it } from '@jest/globals';
import type { OpenShop } from '@jangteo/tools';
import type { Load } from '../traffic/load.js';
import type { Operation, Told } from '../traffic/operation.js';
import { cancelProblems, chargeProblems, issueProblems, orderProblems } from './told.js';

/** A shop whose books say this, whatever they are asked. */
function books(...answers: object[][]): OpenShop {
  const rest = [...answers];
  return { sql: () => Promise.resolve(rest.shift() ?? []) } as unknown as OpenShop;
}

function told(kind: Operation['kind'], answer: Told, its: Partial<Operation> = {}): Operation {
  return {
    kind,
    userId: 'kim',
    token: '',
    key: 'key',
    ask: () => Promise.reject(new Error('not asked')),
    unknowns: 0,
    told: answer,
    ...its,
  };
}

function clients(...operations: Operation[]): Load {
  return {
    log: { operations },
    shop: { moneyAtFirst: new Map([['kim', 100]]), earlierUsers: new Set(['lee']) },
  } as unknown as Load;
}

const ORDER = { user_id: 'kim', order_id: 'one', status: 'SUCCESS', failure_code: null, total: 100 };
const SUCCESS: Told = { status: 201, orderId: 'one', totalPrice: 100 };
const REFUSED: Told = { status: 409, code: 'OUT_OF_STOCK', orderId: 'one' };

describe('orders', () => {
  it('hold that are as they were told, cancelled since or not', async () => {
    const cancelled = { ...ORDER, status: 'CANCELLED' };
    const failed = { ...ORDER, status: 'FAILED', failure_code: 'OUT_OF_STOCK', total: null };
    expect(await orderProblems(books([ORDER]), clients(told('order', SUCCESS)))).toEqual([]);
    expect(await orderProblems(books([cancelled]), clients(told('order', SUCCESS)))).toEqual([]);
    expect(await orderProblems(books([failed]), clients(told('order', REFUSED)))).toEqual([]);
  });

  it('are not those of whoever was there before', async () => {
    expect(await orderProblems(books([{ ...ORDER, user_id: 'lee' }]), clients())).toEqual([]);
  });

  it.each<[string, object[], Operation[], RegExp]>([
    ['told and lost', [], [told('order', SUCCESS)], /one was told and does not exist/],
    ['never told', [ORDER], [], /one exists, although nobody was told/],
    ['of another total', [{ ...ORDER, total: 99 }], [told('order', SUCCESS)], /SUCCESS of 99/],
    ['told to have failed', [ORDER], [told('order', REFUSED)], /one is SUCCESS.*OUT_OF_STOCK was told/],
    [
      'not ended',
      [{ ...ORDER, status: 'PENDING' }],
      [told('order', { ...SUCCESS, status: 202 })],
      /not ended/,
    ],
  ])('do not hold that are %s', async (_what, rows, operations, problem) => {
    expect(String(await orderProblems(books(rows), clients(...operations)))).toMatch(problem);
  });

  it('are cancelled exactly where that was told', async () => {
    const cancel = told('cancel', { status: 200, orderId: 'one' });
    expect(await cancelProblems(books([ORDER]), clients(cancel))).toEqual([]);
    expect(await cancelProblems(books([]), clients(cancel))).toHaveLength(1);
    expect(await cancelProblems(books([ORDER]), clients())).toHaveLength(1);
  });
});

describe('charges and coupons', () => {
  const first = { user_id: 'kim', amount: 100, status: 'SUCCEEDED', charges: 1 };
  const paid = told('charge', { status: 200 }, { amount: 7, isDeclined: false });

  it('hold that are in the books once', async () => {
    const row = { ...first, amount: 7 };
    expect(await chargeProblems(books([first, row]), clients(paid))).toEqual([]);
    expect(await chargeProblems(books([first, { ...row, charges: 2 }]), clients(paid))).toHaveLength(1);
    expect(await chargeProblems(books([first]), clients(paid))).toHaveLength(1);
  });

  it('hold that were given to whom and in which place it was told', async () => {
    const issue = told('issue', { status: 201, userCouponId: 'mine', sequence: 1 }, { couponId: 'week' });
    const row = { key: 'mine of week for kim in place 1' };
    expect(await issueProblems(books([row]), clients(issue))).toEqual([]);
    expect(
      await issueProblems(books([{ key: 'mine of week for kim in place 2' }]), clients(issue)),
    ).toHaveLength(2);
    const soldOut = told('issue', { status: 409, code: 'COUPON_SOLD_OUT' }, { couponId: 'week' });
    expect(await issueProblems(books([], []), clients(soldOut))).toHaveLength(1);
  });
});
