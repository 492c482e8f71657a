import { describe, expect, it } from '@jest/globals';
import { done, refuse, type CouponDraft, type CouponStatus } from '@jangteo/contracts';
import { decideChanges, decideCreations } from './campaign.js';
import { couponAnswer, couponOf } from './coupon.js';

const now = new Date('2026-01-01T00:00:00.000Z');
const operation = { key: 'key', fingerprint: '' };
const plain: CouponDraft = { name: 'Tea', discountType: 'FIXED', discountValue: 500, totalQuantity: 3 };
const full: CouponDraft = {
  name: 'Cake',
  discountType: 'PERCENT',
  discountValue: 10,
  maxDiscount: 4_000,
  minOrderAmount: 0,
  totalQuantity: 7,
  issueStartsAt: '2026-01-02T00:00:00Z',
  issueEndsAt: '2026-01-03T00:00:00.5Z',
  validDays: 30,
};

describe('decideCreations', () => {
  it('makes each draft a coupon that can be issued, saying no more of it than the draft does', () => {
    let ids = 0;
    const { outcomes, changes } = decideCreations(
      [plain, full].map((draft) => ({ operation, draft })),
      { now, newId: () => `coupon-${(ids += 1)}` },
    );
    const made = { issuedQuantity: 0, status: 'ISSUABLE' };
    expect(outcomes.map((outcome) => JSON.parse(JSON.stringify(outcome)) as unknown)).toStrictEqual([
      { ok: true, value: { ...plain, ...made, couponId: 'coupon-1', remainingQuantity: 3 } },
      {
        ok: true,
        value: {
          ...full,
          ...made,
          couponId: 'coupon-2',
          remainingQuantity: 7,
          issueStartsAt: '2026-01-02T00:00:00.000Z',
          issueEndsAt: '2026-01-03T00:00:00.500Z',
        },
      },
    ]);
    expect(changes).toEqual([couponOf(plain, 'coupon-1', now), couponOf(full, 'coupon-2', now)]);
  });

  it('makes none whose issue is over, and goes on with the others', () => {
    const ends = (offsetMs: number) => new Date(now.getTime() + offsetMs).toISOString();
    const drafts = [ends(-1), ends(0), ends(1)].map((issueEndsAt) => ({ ...plain, issueEndsAt }));
    const { outcomes, changes } = decideCreations(
      drafts.map((draft) => ({ operation, draft })),
      { now, newId: () => 'tea' },
    );
    const errors = [{ path: 'issueEndsAt', message: 'must be to come' }];
    const refused = refuse('VALIDATION_FAILED', undefined, { errors });
    expect(outcomes).toEqual([refused, refused, expect.objectContaining({ ok: true })]);
    expect(changes).toEqual([couponOf(drafts[2]!, 'tea', now)]);
  });
});

describe('decideChanges', () => {
  const tea = { ...couponOf(plain, 'tea', now), issuedQuantity: 2 };
  const change = (...asked: [couponId: string, status: CouponStatus][]) =>
    decideChanges(
      [tea],
      asked.map(([couponId, status]) => ({ operation, couponId, status })),
    );

  it('suspends a coupon and says how many are left', () => {
    const { outcomes, changes } = change(['tea', 'SUSPENDED']);
    expect(outcomes).toEqual([
      done({ ...couponAnswer({ ...tea, status: 'SUSPENDED' }), before: { status: 'ISSUABLE' } }),
    ]);
    expect(outcomes[0]).toMatchObject({ value: { issuedQuantity: 2, remainingQuantity: 1 } });
    expect(changes).toEqual([{ couponId: 'tea', status: 'SUSPENDED' }]);
  });

  it('writes the last of several changes of one coupon', () => {
    const { outcomes, changes } = change(['tea', 'SUSPENDED'], ['tea', 'ISSUABLE']);
    expect(outcomes).toMatchObject([
      { value: { status: 'SUSPENDED', before: { status: 'ISSUABLE' } } },
      { value: { status: 'ISSUABLE', before: { status: 'SUSPENDED' } } },
    ]);
    expect(changes).toEqual([{ couponId: 'tea', status: 'ISSUABLE' }]);
  });

  it('refuses a coupon that nobody made', () => {
    const { outcomes, changes } = change(['cake', 'SUSPENDED']);
    expect(outcomes).toEqual([refuse('COUPON_NOT_FOUND')]);
    expect(changes).toEqual([]);
  });
});
