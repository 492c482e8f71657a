import { present, type OrderTerms, type PayloadOf, type placeOrder, type Refusal } from '@jangteo/contracts';

type Placement = PayloadOf<typeof placeOrder>;

/**
 * Terms by which the catalog can tell that an order fails, before it holds anything. Of an order with a coupon whose
 * rule was not seen nothing is known: nobody can say what its total will be.
 */
export function termsOf({ userCouponId, expectedTotal, seen }: Placement): OrderTerms | null {
  const isNamed = userCouponId !== undefined;
  const discount = isNamed && seen?.coupon?.usable === true ? seen.coupon.rule : undefined;
  if (isNamed && discount === undefined) return null;
  const terms = present({ payable: seen?.balance, discount, expectedTotal });
  return Object.keys(terms).length === 0 ? null : terms;
}

/** Finds the refusal of an order that fails whatever the catalog says: then the catalog is not asked. */
export function failureBefore({ userCouponId, seen }: Placement): Refusal | undefined {
  if (userCouponId === undefined || seen?.coupon?.usable !== false) return undefined;
  return { code: 'COUPON_NOT_USABLE', detail: seen.coupon.reason };
}
