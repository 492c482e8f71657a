import type { Coupon } from '@jangteo/client';

/** Whether a coupon can be had, by its window and its places; its status says whether somebody has suspended it. */
export type Window = 'before' | 'open' | 'after' | 'soldOut';

export function windowOf(
  coupon: Pick<Coupon, 'issueStartsAt' | 'issueEndsAt' | 'remainingQuantity'>,
  now: number,
): Window {
  const { issueStartsAt, issueEndsAt, remainingQuantity } = coupon;
  if (issueEndsAt !== undefined && now >= Date.parse(issueEndsAt)) return 'after';
  if (remainingQuantity === 0) return 'soldOut';
  return issueStartsAt !== undefined && now < Date.parse(issueStartsAt) ? 'before' : 'open';
}
