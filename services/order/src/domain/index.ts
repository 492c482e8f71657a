export { decideSettling, type CartOrder, type Line } from './cart.js';
export { commandNamed } from './commands.js';
export { entriesOf, type PlatformEntry } from './data-platform.js';
export { overdue, settledBy, type Reaction } from './decide.js';
export { messageOfReply, type SagaMessage } from './messages.js';
export { LATER } from './moves.js';
export {
  isFinal,
  type EventName,
  type HistoryRow,
  type Order,
  type Rules,
  type Saga,
  type Waiter,
} from './order.js';
export type { Placing } from './placing.js';
export {
  cancelling,
  cancelOf,
  placedAgain,
  placing,
  placingOf,
  reactionsTo,
  repeatsAmong,
  tell,
  type Cancelling,
  type PlacingRequest,
  type Reactions,
  type Told,
} from './requests.js';
export type { Said } from './speech.js';
