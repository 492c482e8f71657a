export { decideDeletion, decidePassword, decideStanding } from './account.js';
export { isAtLeast, type Role } from './caller.js';
export { cartOf, offerOf } from './cart.js';
export { tagOf, versionsOf } from './if-match.js';
export { preparedPassword } from './password.js';
export { HEARTBEAT, lastEventIdOf, OPENING, textOf, type ServerSent } from './server-sent.js';
export { decideRefresh } from './session.js';
export { entryFor } from './timeline.js';
export { afterFailure, REQUESTED_STATUSES, STOP_REASONS } from './webhook.js';
