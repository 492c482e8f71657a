import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { draftOf } from './draft.js';

describe('what the form of a new coupon asks for', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('begins by the clock of whoever fills it in, where that is shown', () => {
    jest.spyOn(Date.prototype, 'getTimezoneOffset').mockReturnValue(-540);
    const draft = draftOf({ name: 'Opening', issueStartsAt: '2026-03-01T10:00' }, 'FIXED', 'local');
    expect(draft.issueStartsAt).toBe('2026-03-01T01:00:00.000Z');
  });

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
