import { type AnsweredContract, type MessageContract } from './message.js';
import type { BrokerUser } from './permissions.js';
import { SAGA_SERVICE } from './topology.js';

/** Who alone may send a message: the gateway asks, the saga commands, and an event is told by whom it befell. */
export function senderOf({ kind, service }: MessageContract): BrokerUser {
  if (kind === 'request') return 'gateway';
  return kind === 'command' ? SAGA_SERVICE : service;
}

/** Who alone may answer a request or a command. */
export function answererOf({ service }: AnsweredContract): BrokerUser {
  return service;
}
