import { type AnsweredContract, type MessageContract } from './message.js';
import type { BrokerUser } from './permissions.js';
import { SAGA_SERVICE } from './topology.js';

/** The only sender of a message: the gateway of a request, the saga of a command, the service it befell of an event. */
export function senderOf({ kind, service }: MessageContract): BrokerUser {
  if (kind === 'request') return 'gateway';
  return kind === 'command' ? SAGA_SERVICE : service;
}

/** The only user who may answer a request or a command. */
export function answererOf({ service }: AnsweredContract): BrokerUser {
  return service;
}
