import type { CouponDraft } from '@jangteo/client';
import type { Fields } from '../../ui/fields.js';
import type { Clock } from '../../ui/format.js';
import { instantOf } from '../../ui/instants.js';

/** Moments, as they are written in the form: in the zone that the console shows. */
export const MOMENTS = ['issueStartsAt', 'issueEndsAt', 'usableUntil'] as const;

/** What a form asks for. What is left empty is not asked for; what breaks a rule is refused by the shop, and told. */
export function draftOf(
  { name = '', ...fields }: Fields,
  discountType: CouponDraft['discountType'],
  zone: Clock['zone'],
): CouponDraft {
  const given = Object.entries(fields).filter(([, text]) => text.trim() !== '');
  const values = given.map(([field, text]) => [
    field,
    MOMENTS.some((one) => one === field) ? instantOf(text, zone) : Number(text),
  ]);
  return {
    name,
    discountType,
    ...(Object.fromEntries(values) as Omit<CouponDraft, 'name' | 'discountType'>),
  };
}
