import {
  stepKey,
  type Outcome,
  type PayloadOf,
  type releaseCoupon,
  type useCoupon,
} from '@jangteo/contracts';
import type { Circumstances } from './circumstances.js';
import { decideReleases, decideUses, type UsableCoupon, type Use } from './redemption.js';

type Using = PayloadOf<typeof useCoupon>;
type Releasing = PayloadOf<typeof releaseCoupon>;
type Clock = () => Circumstances['now'];

const useKey = (orderId: string): string => stepKey(orderId, 'use');
const releaseKey = (orderId: string): string => stepKey(orderId, 'release');

/** UseCoupon, decided once an order, at the clock's time of that moment. */
export function using(clock: Clock) {
  return {
    keyOf: ({ orderId }: Using) => useKey(orderId),
    decide: (userCoupons: readonly UsableCoupon[], commands: readonly Using[]) =>
      decideUses(userCoupons, commands, clock()),
  };
}

/** Its undo, ReleaseCoupon, decided once an order; a use that it overtakes finds its tombstone. */
export function releasing(clock: Clock) {
  return {
    keyOf: ({ orderId }: Releasing) => releaseKey(orderId),
    seeAlso: ({ orderId }: Releasing) => [useKey(orderId)],
    decide(
      uses: readonly Use[],
      commands: readonly Releasing[],
      pastOf: (key: string) => Outcome | undefined,
    ) {
      const useOutcomeOf = (orderId: string) => pastOf(useKey(orderId));
      const { outcomes, changes, barred } = decideReleases(uses, commands, useOutcomeOf, clock());
      const tombstones = barred.map(({ orderId, outcome }) => ({ key: useKey(orderId), outcome }));
      return { outcomes, changes, tombstones };
    },
  };
}
