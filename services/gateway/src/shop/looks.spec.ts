import { describe, expect, it } from '@jest/globals';
import { lookAtBalances, lookAtCoupons, type RequestContract } from '@jangteo/contracts';
import type { Call } from '../http/request-context.js';
import { Looks } from './looks.js';
import type { Upstream } from '../http/upstream.js';

const call = { trace: {} } as Call;
const buyer = { userId: 'kim', userCouponId: 'spring' };
const FOR_EVER_MS = 10_000_000;
const rule = { discountType: 'FIXED', discountValue: 300 };

type Answers = Readonly<Record<string, () => Promise<unknown>>>;

const never = () => new Promise<never>(() => undefined);
const balances = { [lookAtBalances.type]: () => Promise.resolve({ balances: [700] }) };
const coupons = { [lookAtCoupons.type]: () => Promise.resolve({ seen: [{ usable: true, rule }] }) };

function looksAt(answers: Answers, lookMs = FOR_EVER_MS) {
  const asked: string[] = [];
  const upstream = {
    ask({ type }: RequestContract) {
      asked.push(type);
      return (answers[type] ?? never)();
    },
  } as unknown as Upstream;
  return { looks: new Looks(upstream, { ORDER_LOOK_MS: lookMs }), asked };
}

describe('a look before an order', () => {
  it('is at balance and coupon, and at the balance alone where no coupon is named', async () => {
    const { looks, asked } = looksAt({ ...balances, ...coupons });
    expect(await looks.before(buyer, 5_000, call)).toEqual({ balance: 700, coupon: { usable: true, rule } });
    expect(asked).toEqual([lookAtBalances.type, lookAtCoupons.type]);
    expect(await looks.before({ userId: 'kim' }, 5_000, call)).toEqual({ balance: 700, coupon: undefined });
    expect(asked).toHaveLength(3);
  });

  it.each<[string, Answers, unknown]>([
    ['the wallet says nothing', coupons, { coupon: { usable: true, rule } }],
    ['the coupon service says nothing', balances, { balance: 700 }],
    ['nobody says anything', {}, {}],
    ['the wallet is away', { [lookAtBalances.type]: () => Promise.reject(new Error('away')) }, {}],
  ])('leaves out what is not seen: %s', async (_title, answers, seen) => {
    expect(await looksAt(answers, 10).looks.before(buyer, 0, call)).toEqual(seen);
  });

  it('takes no longer than the client waits', async () => {
    expect(await looksAt({}).looks.before(buyer, 10, call)).toEqual({});
  });

  it('is not taken where it may take no time', async () => {
    const { looks, asked } = looksAt({ ...balances, ...coupons }, 0);
    expect(await looks.before(buyer, 5_000, call)).toEqual({});
    expect(asked).toEqual([]);
  });
});
