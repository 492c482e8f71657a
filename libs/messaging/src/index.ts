export { BatchServer } from './batch-server.js';
export { Broker, type BrokerHealth } from './broker.js';
export { MESSAGING_OPTIONS, messagingEnv, type MessagingConfig, type MessagingOptions } from './config.js';
export { Handle, HandleBroadcast, HandleEvents, HandleReplies } from './decorators.js';
export { BodyTooLarge } from './frames.js';
export * from './message.types.js';
export { MessagingModule } from './messaging.module.js';
export { PublishFailed, Publisher } from './publisher.js';
export { RequestClient } from './request-client.js';
