import {
  stepKey,
  type Outcome,
  type PayloadOf,
  type releaseStock,
  type reserveStock,
} from '@jangteo/contracts';
import { decideReleases, decideReservations, type Reservation } from './reservation.js';

const reserveKey = (orderId: string): string => stepKey(orderId, 'reserve-stock');
const releaseKey = (orderId: string): string => stepKey(orderId, 'release-stock');

/** ReserveStock, decided once an order. */
export const reserving = {
  keyOf: ({ orderId }: PayloadOf<typeof reserveStock>) => reserveKey(orderId),
  decide: decideReservations,
};

/** Its undo, ReleaseStock, decided once an order; a reservation that it overtakes finds its tombstone. */
export const releasing = {
  keyOf: ({ orderId }: PayloadOf<typeof releaseStock>) => releaseKey(orderId),
  seeAlso: ({ orderId }: PayloadOf<typeof releaseStock>) => [reserveKey(orderId)],
  decide(
    held: readonly Reservation[],
    orders: readonly PayloadOf<typeof releaseStock>[],
    pastOf: (key: string) => Outcome | undefined,
  ) {
    const { outcomes, changes, barred } = decideReleases(held, orders, (orderId) =>
      pastOf(reserveKey(orderId)),
    );
    const tombstones = barred.map(({ orderId, outcome }) => ({ key: reserveKey(orderId), outcome }));
    return { outcomes, changes, tombstones };
  },
};
