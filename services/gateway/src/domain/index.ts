export { afterFailure, REQUESTED_STATUSES, STOP_REASONS } from './webhook.js';
