import { describe, expect, it } from '@jest/globals';
import { draftOf } from './draft.js';

describe('what the form of a new coupon asks for', () => {
  it('has its window in the zone that the console shows, and nothing that was left empty', () => {
    const fields = {
      name: 'Opening',
      discountValue: '3000',
      totalQuantity: '30',
      minOrderAmount: ' ',
      issueStartsAt: '2026-03-01T10:00',
      issueEndsAt: '2026-03-01T11:00',
      usableUntil: '',
    };
    expect(draftOf(fields, 'FIXED', 'utc')).toEqual({
      name: 'Opening',
      discountType: 'FIXED',
      discountValue: 3_000,
      totalQuantity: 30,
      issueStartsAt: '2026-03-01T10:00:00.000Z',
      issueEndsAt: '2026-03-01T11:00:00.000Z',
    });
  });
});
