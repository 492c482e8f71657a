export type { ChangingOption, Option } from './option.js';
export { decideOptionChanges } from './option-change.js';
export { decideChanges, decideCreations } from './product.js';
export {
  decideReleases,
  decideReservations,
  type ReleaseChanges,
  type Reservation,
  type ReserveChanges,
} from './reservation.js';
