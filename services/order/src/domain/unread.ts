import { queueOf, type QueueState } from '@jangteo/contracts';
import { COMMANDS, type CommandName } from './steps.js';

/** The queues of the participants' commands. */
export function commandQueues(namespace: string): string[] {
  return [...new Set(COMMANDS.map(({ contract }) => queueOf(namespace, contract)))];
}

/**
 * The commands that wait where nobody reads: their participant is away, and what was sent to it before lies in its
 * queue, which loses nothing. One more copy of each would only be in the way of what comes when it is back. An empty
 * queue may have been lost with what was in it.
 *
 * @param states of queues of which anything is known
 */
export function unreadCommands(namespace: string, states: readonly QueueState[]): CommandName[] {
  const left = states.filter(({ messages, consumers }) => messages > 0 && consumers === 0);
  const queues = new Set(left.map(({ queue }) => queue));
  return COMMANDS.filter(({ contract }) => queues.has(queueOf(namespace, contract))).map(({ name }) => name);
}
