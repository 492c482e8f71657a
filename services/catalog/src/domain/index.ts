export type { Option } from './option.js';
export {
  decideReleases,
  decideReservations,
  type ReleaseChanges,
  type Reservation,
  type ReserveChanges,
} from './reservation.js';
