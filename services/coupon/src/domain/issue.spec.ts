import { describe, expect, it } from '@jest/globals';
import { refuse, type CouponDraft } from '@jangteo/contracts';
import { couponOf, type Coupon } from './coupon.js';
import { decideIssues, type Holding } from './issue.js';

const now = new Date('2026-03-01T12:00:00.000Z');
const aMomentAgo = new Date(now.getTime() - 1);
const inAMoment = new Date(now.getTime() + 1);
const draft = { name: 'Tea', discountType: 'FIXED' as const, discountValue: 500, totalQuantity: 2 };
const coupon: Coupon = couponOf(draft, 'tea', aMomentAgo);
const [ann, bob, cem] = ['ann', 'bob', 'cem'] as const;

function issue(coupons: Coupon[], holdings: Holding[], ...asked: [couponId: string, userId: string][]) {
  let ids = 0;
  const requests = asked.map(([couponId, userId], index) => ({
    operation: { key: `key-${index}`, fingerprint: '' },
    couponId,
    userId,
  }));
  return decideIssues({ coupons, holdings }, requests, { now, newId: () => `uc-${(ids += 1)}` });
}

const hers: Holding = { couponId: 'tea', userId: ann };
const suspended = refuse('COUPON_NOT_ISSUABLE', 'its issue is suspended');
const early = refuse('COUPON_NOT_ISSUABLE', `its issue starts at ${inAMoment.toISOString()}`);
const late = refuse('COUPON_NOT_ISSUABLE', `its issue ended at ${now.toISOString()}`);

describe('decideIssues', () => {
  it('issues in the order of the requests until nothing is left', () => {
    const { outcomes, changes } = issue([coupon], [], ['tea', bob], ['tea', ann], ['tea', cem]);
    expect(outcomes).toEqual([
      {
        ok: true,
        value: {
          userCouponId: 'uc-1',
          couponId: 'tea',
          name: 'Tea',
          discountType: 'FIXED',
          discountValue: 500,
          status: 'ISSUED',
          sequence: 1,
          issuedAt: now.toISOString(),
          expiresAt: null,
        },
      },
      expect.objectContaining({ value: expect.objectContaining({ userCouponId: 'uc-2', sequence: 2 }) }),
      refuse('COUPON_SOLD_OUT'),
    ]);
    expect(changes.coupons).toEqual([{ ...coupon, issuedQuantity: 2 }]);
    expect(changes.issued.map(({ userId, sequence }) => [userId, sequence])).toEqual([
      [bob, 1],
      [ann, 2],
    ]);
  });

  it('goes on where earlier batches ended', () => {
    const { changes } = issue([{ ...coupon, issuedQuantity: 1 }], [hers], ['tea', bob]);
    expect(changes.issued).toMatchObject([{ userId: bob, sequence: 2 }]);
  });

  it('refuses a user a second one in the same batch, without a gap in the sequence', () => {
    const { outcomes, changes } = issue([coupon], [], ['tea', ann], ['tea', ann], ['tea', bob]);
    expect(outcomes[1]).toEqual(refuse('COUPON_ALREADY_ISSUED'));
    expect(changes.issued.map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  it('counts each coupon of a batch by itself', () => {
    const cake = { ...coupon, couponId: 'cake', issuedQuantity: 1 };
    const { changes } = issue([cake, coupon], [], ['tea', ann], ['cake', ann], ['tea', bob]);
    expect(changes.coupons.map(({ couponId, issuedQuantity }) => [couponId, issuedQuantity])).toEqual([
      ['tea', 2],
      ['cake', 2],
    ]);
  });

  it('lets it expire whole days of 24 hours after the issue', () => {
    const { outcomes, changes } = issue([{ ...coupon, validDays: 30 }], [], ['tea', ann]);
    expect(changes.issued[0]?.expiresAt).toEqual(new Date('2026-03-31T12:00:00.000Z'));
    expect(outcomes[0]).toMatchObject({ value: { expiresAt: '2026-03-31T12:00:00.000Z' } });
  });

  const soldOut = { ...coupon, issuedQuantity: 2 };
  it.each([
    ['refuses one that nobody made', [], [], refuse('COUPON_NOT_FOUND')],
    [
      'says that it is suspended before that it is sold out',
      [{ ...soldOut, status: 'SUSPENDED' }],
      [],
      suspended,
    ],
    [
      'says that its time has not come before that it is sold out',
      [{ ...soldOut, issueStartsAt: inAMoment }],
      [],
      early,
    ],
    ['says that its time is over before that it is sold out', [{ ...soldOut, issueEndsAt: now }], [], late],
    [
      'says that it is held before that it is suspended',
      [{ ...soldOut, status: 'SUSPENDED' }],
      [hers],
      refuse('COUPON_ALREADY_ISSUED'),
    ],
    [
      'says that it is held before that its time is over',
      [{ ...soldOut, issueEndsAt: now }],
      [hers],
      refuse('COUPON_ALREADY_ISSUED'),
    ],
    ['says that it is held before that it is sold out', [soldOut], [hers], refuse('COUPON_ALREADY_ISSUED')],
    ['refuses one that is sold out', [soldOut], [], refuse('COUPON_SOLD_OUT')],
  ] satisfies [string, Coupon[], Holding[], unknown][])('%s', (_title, coupons, holdings, expected) => {
    const { outcomes, changes } = issue(coupons, holdings, ['tea', ann]);
    expect(outcomes).toEqual([expected]);
    expect(changes).toEqual({ coupons: [], issued: [] });
  });

  it.each([
    ['from its first instant on', { issueStartsAt: now }],
    ['until the last instant before its end', { issueEndsAt: inAMoment }],
  ])('issues %s', (_title, window) => {
    expect(issue([{ ...coupon, ...window }], [], ['tea', ann]).outcomes[0]?.ok).toBe(true);
  });

  describe('of a coupon that demands something of accounts', () => {
    const minutesAgo = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();
    const demanding = (eligibility: CouponDraft['eligibility']): Coupon =>
      couponOf({ ...draft, eligibility }, 'tea', aMomentAgo);
    const answer = (of: Coupon, account?: { createdAt: string; hasCharged?: boolean }) => {
      const request = { operation: { key: 'key', fingerprint: '' }, couponId: 'tea', userId: ann, account };
      const [outcome] = decideIssues({ coupons: [of], holdings: [] }, [request], {
        now,
        newId: () => 'uc',
      }).outcomes;
      return outcome!.ok ? 'issued' : outcome!.refusal.errors?.map(({ path }) => path);
    };

    it('issues to accounts that are old enough', () => {
      const old = demanding({ accountAgeMinutes: 10 });
      expect(answer(old, { createdAt: minutesAgo(10) })).toBe('issued');
      expect(answer(old, { createdAt: minutesAgo(9.99) })).toEqual(['eligibility.accountAgeMinutes']);
      expect(answer(old)).toEqual(['eligibility.accountAgeMinutes']);
    });

    it('issues to accounts whose wallet was charged, and asks where that was not told', () => {
      const charged = demanding({ chargedWallet: true });
      expect(answer(charged, { createdAt: minutesAgo(0), hasCharged: true })).toBe('issued');
      for (const account of [{ createdAt: minutesAgo(0) }, { createdAt: minutesAgo(0), hasCharged: false }]) {
        expect(answer(charged, account)).toEqual(['eligibility.chargedWallet']);
      }
    });

    it('names all that is missing, and takes no place for it', () => {
      const both = demanding({ accountAgeMinutes: 1, chargedWallet: true });
      expect(answer(both, { createdAt: minutesAgo(0) })).toEqual([
        'eligibility.accountAgeMinutes',
        'eligibility.chargedWallet',
      ]);
      expect(answer(demanding({ chargedWallet: false }))).toBe('issued');
      expect(answer(demanding({}))).toBe('issued');
    });
  });
});
