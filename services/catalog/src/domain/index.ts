export type { Option } from './option.js';
export type { ReleaseChanges, Reservation, ReserveChanges } from './reservation.js';
export { releasing, reserving } from './steps.js';
