export { BatchServer } from './batch-server.js';
export { Broker, type BrokerHealth } from './broker.js';
export { MESSAGING_OPTIONS, messagingEnv, type MessagingConfig, type MessagingOptions } from './config.js';
export type { DeadLetterStore } from './dead-letter-consumer.js';
export { frameAgain, GIVEN_UP_TOGETHER, type DeadLetterRecord, type Sendable } from './dead-letter-record.js';
export {
  answer,
  answerAlike,
  answerEach,
  hear,
  hearReplies,
  type Handler,
  type Injector,
} from './handlers.js';
export { BodyTooLarge } from './outbound-messages.js';
export { failpoint } from '#failpoints';
export { newId } from './ids.js';
export { LineBudget } from './line-budget.js';
export { FAILPOINTS, type FailpointKind, type FailpointName } from './failpoint-names.js';
export * from './message.types.js';
export { MessagingModule } from './messaging.module.js';
export { NOT_IN_TIME, within } from './pause.js';
export { PublishFailed, Publisher } from './publisher.js';
export { RequestClient } from './request-client.js';
