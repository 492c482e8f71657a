import { queueOf, type QueueState } from '@jangteo/contracts';
import { COMMANDS, type CommandName } from './steps.js';

/** The queues of the participants' commands. */
export function commandQueues(namespace: string): string[] {
  return [...new Set(COMMANDS.map(({ contract }) => queueOf(namespace, contract)))];
}

/**
 * Messages that nobody has taken yet, as many as a consumer holds at a time by default. The broker hands on whatever a
 * consumer has room for: so many are left only where all are full, be it that their database is away or that they are
 * slow. A copy would lie behind all of them, and the first is answered no sooner for it. A busy shop loses nothing:
 * commands of orders at work are sent however many lie there, and repeats go on once participants have caught up.
 */
const BACKLOG = 1_000;

/**
 * The commands that lie unread: their participant is away or behind, and what was sent to it before lies in its queue,
 * which loses nothing. One more copy of each would only be in the way of what comes when it is back. An empty queue may
 * have been lost with what was in it.
 *
 * @param states of queues of which anything is known
 */
export function unreadCommands(namespace: string, states: readonly QueueState[]): CommandName[] {
  const left = states.filter(
    ({ messages, consumers }) => messages > 0 && (consumers === 0 || messages >= BACKLOG),
  );
  return commandsOf(namespace, left);
}

/** The commands whose participant is here and not behind: what is unanswered of them, it has taken, or nobody has. */
export function readCommands(namespace: string, states: readonly QueueState[]): CommandName[] {
  return commandsOf(
    namespace,
    states.filter(({ messages, consumers }) => consumers > 0 && messages < BACKLOG),
  );
}

function commandsOf(namespace: string, states: readonly QueueState[]): CommandName[] {
  const queues = new Set(states.map(({ queue }) => queue));
  return COMMANDS.filter(({ contract }) => queues.has(queueOf(namespace, contract))).map(({ name }) => name);
}
