import {
  stepKey,
  type Outcome,
  type PayloadOf,
  type releaseCoupon,
  type useCoupon,
} from '@jangteo/contracts';
import { decideReleases, decideUses, type UsableCoupon, type Use } from './redemption.js';

type UseCoupon = PayloadOf<typeof useCoupon>;
type Releasing = PayloadOf<typeof releaseCoupon>;

/** What was read, and the time by the clock of the database, which all replicas share. */
interface At<S> {
  readonly now: Date;
  readonly rows: readonly S[];
}

const useKey = (orderId: string): string => stepKey(orderId, 'use');
const releaseKey = (orderId: string): string => stepKey(orderId, 'release');

/** UseCoupon, decided once an order. */
export const using = {
  keyOf: ({ orderId }: UseCoupon) => useKey(orderId),
  decide: ({ rows, now }: At<UsableCoupon>, commands: readonly UseCoupon[]) =>
    decideUses(rows, commands, now),
};

/** Its undo, ReleaseCoupon, decided once an order; a use that it overtakes finds its tombstone. */
export const releasing = {
  keyOf: ({ orderId }: Releasing) => releaseKey(orderId),
  seeAlso: ({ orderId }: Releasing) => [useKey(orderId)],
  decide(
    { rows, now }: At<Use>,
    commands: readonly Releasing[],
    pastOf: (key: string) => Outcome | undefined,
  ) {
    const useOutcomeOf = (orderId: string) => pastOf(useKey(orderId));
    const { outcomes, changes, barred } = decideReleases(rows, commands, useOutcomeOf, now);
    const tombstones = barred.map(({ orderId, outcome }) => ({ key: useKey(orderId), outcome }));
    return { outcomes, changes, tombstones };
  },
};
