import { describe, expect, it } from '@jest/globals';
import { done, refuse, type CouponChange, type CouponDraft, type CouponStatus } from '@jangteo/contracts';
import { decideChanges, decideCreations, decideTerms } from './campaign.js';
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

const invalid = (path: string, message: string) =>
  refuse('VALIDATION_FAILED', undefined, { errors: [{ path, message }] });

describe('decideCreations', () => {
  it('makes each draft a coupon that can be issued, saying no more of it than the draft does', () => {
    let ids = 0;
    const { outcomes, changes } = decideCreations(
      [plain, full].map((draft) => ({ operation, draft })),
      { now, newId: () => `coupon-${(ids += 1)}` },
    );
    const made = { issuedQuantity: 0, status: 'ISSUABLE', version: 1 };
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

  it.each(['issueEndsAt', 'usableUntil'])(
    'makes none whose %s is past, and goes on with the others',
    (end) => {
      const ends = (offsetMs: number) => new Date(now.getTime() + offsetMs).toISOString();
      const drafts = [ends(-1), ends(0), ends(1)].map((time) => ({ ...plain, [end]: time }));
      const { outcomes, changes } = decideCreations(
        drafts.map((draft) => ({ operation, draft })),
        { now, newId: () => 'tea' },
      );
      const refused = invalid(end, 'must be to come');
      expect(outcomes).toEqual([refused, refused, expect.objectContaining({ ok: true })]);
      expect(changes).toEqual([couponOf(drafts[2]!, 'tea', now)]);
    },
  );

  it('makes none that could not be used when its issue begins', () => {
    const draft = { ...full, usableUntil: '2026-01-02T00:00:00Z' };
    const { outcomes } = decideCreations([{ operation, draft }], { now, newId: () => 'cake' });
    expect(outcomes).toEqual([invalid('usableUntil', 'must be after issueStartsAt')]);
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
      done({ ...couponAnswer({ ...tea, status: 'SUSPENDED', version: 2 }), before: { status: 'ISSUABLE' } }),
    ]);
    expect(outcomes[0]).toMatchObject({ value: { issuedQuantity: 2, remainingQuantity: 1 } });
    expect(changes).toEqual([{ couponId: 'tea', status: 'SUSPENDED', version: 2 }]);
  });

  it('writes the last of several changes of one coupon', () => {
    const { outcomes, changes } = change(['tea', 'SUSPENDED'], ['tea', 'ISSUABLE']);
    expect(outcomes).toMatchObject([
      { value: { status: 'SUSPENDED', before: { status: 'ISSUABLE' } } },
      { value: { status: 'ISSUABLE', before: { status: 'SUSPENDED' } } },
    ]);
    expect(changes).toEqual([{ couponId: 'tea', status: 'ISSUABLE', version: 3 }]);
  });

  it('refuses a coupon that nobody made', () => {
    const { outcomes, changes } = change(['cake', 'SUSPENDED']);
    expect(outcomes).toEqual([refuse('COUPON_NOT_FOUND')]);
    expect(changes).toEqual([]);
  });
});

describe('decideTerms', () => {
  const cake = { ...couponOf(full, 'cake', now), issuedQuantity: 5, version: 4 };
  const change = (...asked: (CouponChange & { id?: string; versions?: number[] })[]) =>
    decideTerms(
      [cake],
      asked.map(({ id: couponId = 'cake', versions, ...given }) => ({
        operation,
        couponId,
        versions,
        change: given,
      })),
    );

  it('changes what is given, takes out what is null, and leaves what was promised', () => {
    const { outcomes, changes } = change({
      name: 'Pie',
      issueEndsAt: null,
      usableUntil: '2026-02-01T00:00:00Z',
    });
    const after = {
      ...cake,
      name: 'Pie',
      issueEndsAt: null,
      usableUntil: new Date('2026-02-01'),
      version: 5,
    };
    expect(changes).toEqual([after]);
    expect(outcomes).toMatchObject([
      { ok: true, value: { ...couponAnswer(after), before: { name: 'Cake', totalQuantity: 7 } } },
    ]);
    expect(outcomes[0]).not.toHaveProperty('value.issueEndsAt');
  });

  it('has no fewer than were issued, and no end before its beginning, by what is there', () => {
    const { outcomes, changes } = change(
      { totalQuantity: 4 },
      { issueStartsAt: '2026-01-03T00:00:00.500Z' },
      { totalQuantity: 5 },
    );
    expect(outcomes).toMatchObject([
      invalid('totalQuantity', 'must be at least 5, which were issued'),
      invalid('issueEndsAt', 'must be after issueStartsAt'),
      { ok: true, value: { remainingQuantity: 0 } },
    ]);
    expect(changes).toMatchObject([{ totalQuantity: 5, version: 5 }]);
  });

  it('ends the use at once, but of none whose issue is still to begin', () => {
    const useless = { usableUntil: '2025-12-31T00:00:00Z' };
    const { outcomes } = change(
      useless,
      { ...useless, issueStartsAt: null },
      { issueStartsAt: full.issueStartsAt },
    );
    const refused = invalid('usableUntil', 'must be after issueStartsAt');
    expect(outcomes).toMatchObject([refused, { ok: true }, refused]);
  });

  it('changes what else there is of one that was made before that was looked at', () => {
    const old = { ...cake, usableUntil: now };
    const asked = { operation, couponId: 'cake', change: { status: 'SUSPENDED' as const } };
    expect(decideTerms([old], [asked]).outcomes).toMatchObject([{ ok: true }]);
  });

  it('changes only the version that was meant, of several that come at once the first', () => {
    const { outcomes } = change(
      { name: 'Pie', versions: [4] },
      { name: 'Tart', versions: [4] },
      { id: 'tea', name: 'x' },
    );
    expect(outcomes).toMatchObject([
      { ok: true, value: { version: 5 } },
      refuse('VERSION_CHANGED', 'it is version 5 now'),
      refuse('COUPON_NOT_FOUND'),
    ]);
  });
});
