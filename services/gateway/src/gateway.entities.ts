/** All tables of the gateway, by subject. */
export * as accounts from './accounts/accounts.entities.js';
export * as operations from './operations/operations.entities.js';
export * as webhooks from './webhooks/webhooks.entities.js';
export * as answers from './http/first-answers.entities.js';
