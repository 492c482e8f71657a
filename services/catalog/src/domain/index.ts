export { productOf, type ChangingOption, type Option } from './option.js';
export { decideOptionChanges, decideOptions } from './option-change.js';
export { decideChanges, decideCreations } from './product.js';
export type { ProductCard } from './product-batch.js';
export {
  decideReleases,
  decideReservations,
  type ReleaseChanges,
  type Reservation,
  type ReserveChanges,
} from './reservation.js';
export { decideRestocks } from './restock.js';
