export {
  cartOf,
  decideAdditions,
  decideClearings,
  decideRemovals,
  decideSettings,
  decideSettling,
  type CartChanges,
  type CartOrder,
  type FoundCarts,
  type Line,
} from './cart.js';
export {
  batchBounds,
  entriesOf,
  recordOf,
  retryPauseMs,
  sizeAfterFailure,
  WHOLE,
  type PlatformEntry,
  type SoldOrder,
} from './data-platform.js';
export { apply, settledBy, type Decided, type Found, type Reaction } from './decide.js';
export type { Effect } from './effects.js';
export type { Bounds, HistoryRow } from './order.js';
export type { PlaceOrder } from './placing.js';
export {
  cancelling,
  cancelOf,
  placedAgain,
  placing,
  reactionsTo,
  repeatsAmong,
  type Asked,
  type CancelOrder,
} from './requests.js';
export { inputOfReply, isFinal, overdue, type Input, type Saga } from './saga.js';
export { isStepState, STEPS, stepsOf } from './steps.js';
export { TABLE } from './transitions.js';
export { factsOf } from './view.js';
