import { describe, expect, it } from '@jest/globals';
import {
  createCoupon,
  done,
  refuse,
  releaseCoupon,
  SAGA_STEPS,
  useCoupon,
  type PayloadOf,
} from '@jangteo/contracts';
import { decideFresh, keysFor, keysOf } from './once.js';

const orderId = '01920000-0000-7000-8000-0000000000a1';

describe('keys', () => {
  it("are those under which outcomes of the saga's commands have been stored since the first release", () => {
    const stored = SAGA_STEPS.flatMap(({ action, undo }) =>
      [action, undo].map((contract) => {
        const { keyOf, actionKeyOf } = keysFor(contract);
        const { payload } = contract.example;
        return [contract.type, keyOf(payload as never), actionKeyOf?.(payload as never)];
      }),
    );
    expect(stored).toEqual([
      ['catalog.reserve-stock', `${orderId}/reserve-stock`, undefined],
      ['catalog.release-stock', `${orderId}/release-stock`, `${orderId}/reserve-stock`],
      ['coupon.use', `${orderId}/use`, undefined],
      ['coupon.release', `${orderId}/release`, `${orderId}/use`],
      ['wallet.debit', `${orderId}/debit`, undefined],
      ['wallet.refund', `${orderId}/refund`, `${orderId}/debit`],
    ]);
  });

  it('of requests are their operations', () => {
    const { payload } = createCoupon.example;
    expect(keysFor(createCoupon).keyOf(payload)).toEqual(payload.operation);
  });
});

describe('a repeat', () => {
  const { payload } = createCoupon.example;
  const message = (key: string, fingerprint = '') => ({ ...payload, operation: { key, fingerprint } });
  const rule = {
    ...keysFor(createCoupon),
    decide: (_state: undefined, all: readonly PayloadOf<typeof createCoupon>[]) => ({
      outcomes: all.map(() => refuse('VALIDATION_FAILED')),
      changes: undefined,
    }),
  };
  const replayedOf = (known: readonly string[], ...messages: PayloadOf<typeof createCoupon>[]) => {
    const stored = known.map((key) => ({ key, fingerprint: '', outcome: refuse('VALIDATION_FAILED') }));
    const found = { state: undefined, known: new Map(stored.map((row) => [row.key, row])) };
    return [...decideFresh(found, messages, rule).replayed];
  };

  it('is of a message that was decided before, or earlier in its batch, and is the same', () => {
    expect(replayedOf(['a'], message('b'), message('a'), message('b'), message('c'))).toEqual([1, 2]);
    expect(replayedOf(['a'], message('a'))).toEqual([0]);
    expect(replayedOf(['a'], message('a', 'another'), message('b'), message('b', 'another'))).toEqual([]);
  });
});

describe('an undo', () => {
  const undo = releaseCoupon.example.payload;
  const [action] = keysOf([useCoupon.example.payload], keysFor(useCoupon)) as [string];
  const rule = {
    ...keysFor(releaseCoupon),
    decide: (_state: undefined, undos: readonly PayloadOf<typeof releaseCoupon>[]) => ({
      outcomes: undos.map(() => done({ released: false })),
      changes: undefined,
    }),
  };
  const storedBy = (known: Parameters<typeof decideFresh>[0]['known']) =>
    decideFresh({ state: undefined, known }, [undo, undo], rule).fresh?.stored;
  const undone = { key: `${orderId}/release`, fingerprint: '', outcome: done({ released: false }) };

  it('that overtakes its action leaves a tombstone, by which the late action is refused', () => {
    expect(storedBy(new Map())).toEqual([
      undone,
      { key: action, fingerprint: '', outcome: refuse('ORDER_TIMED_OUT', 'the order was given up') },
    ]);
  });

  it.each([done({ discount: 500 }), refuse('COUPON_NOT_USABLE')])(
    'of an action that was decided leaves its outcome %j as it is',
    (outcome) => {
      const before = { key: action, fingerprint: '', outcome };
      expect(storedBy(new Map([[action, before]]))).toEqual([undone]);
    },
  );

  it('that is repeated leaves nothing more', () => {
    expect(storedBy(new Map([[undone.key, undone]]))).toBeUndefined();
  });
});
