import type { Outcome } from '@jangteo/contracts';

/** The address of an answer: a queue, and the request that it answers. */
export interface Asker {
  readonly replyTo: string;
  readonly correlationId: string;
}

/** The queue of the answers to commands, and that of the events for the ranking. */
export const REPLIES = 'replies';
export const EVENTS = 'events';

export interface Message {
  /** The queue that it goes to: for requests and commands their type, since batches are of one type. */
  readonly queueName: string;
  readonly type: string;
  /** For people who read histories. */
  readonly orderId: string;
  readonly payload: unknown;
  readonly replyAddress?: Asker | undefined;
}

/** An answer to a client. */
export interface Answer {
  readonly to: Asker;
  readonly outcome: Outcome;
}

export type Outgoing = Message | Answer;

/** The name of a message in a history. */
export function nameOf(outgoing: Outgoing): string {
  if ('to' in outgoing) return `an answer to ${outgoing.to.correlationId}`;
  const { queueName, type, orderId } = outgoing;
  return queueName === REPLIES ? `reply to ${type} ${orderId}` : `${type} ${orderId}`;
}

/** Queues in memory. Whoever takes messages has them until they are acknowledged or given back. */
export class Broker {
  /** Every message that was ever put into a queue that keeps its messages. */
  readonly kept: Message[] = [];
  readonly #queues = new Map<string, Message[]>();

  /**
   * @param answered where answers to clients go, which are in no queue
   * @param sees is shown everything that is published, before anybody gets it
   */
  constructor(
    private readonly answered: (answer: Answer) => void,
    private readonly sees?: (outgoing: Outgoing) => void,
  ) {}

  publish(outgoing: Outgoing): void {
    this.sees?.(outgoing);
    if ('to' in outgoing) return this.answered(outgoing);
    this.#queueOf(outgoing.queueName).push(outgoing);
    // Requests end with their deadline, and each has somebody who waits; nobody sends one again.
    if (outgoing.replyAddress === undefined) this.kept.push(outgoing);
  }

  /** The queues in which something waits. */
  queueNames(): string[] {
    return [...this.#queues.keys()].filter((queueName) => this.#queueOf(queueName).length > 0);
  }

  length(queueName: string): number {
    return this.#queueOf(queueName).length;
  }

  /** Takes up to `count` messages from a place on; none where the queue is empty. */
  take(queueName: string, from: number, count: number): Message[] {
    const queue = this.#queueOf(queueName);
    return queue.length === 0 ? [] : queue.splice(from % queue.length, count);
  }

  /** Puts messages that were taken and not acknowledged back, after all that waits. */
  giveBack(messages: readonly Message[]): void {
    for (const message of messages) this.#queueOf(message.queueName).push(message);
  }

  /** A second copy of a message; undefined where the queue is empty. */
  copy(queueName: string, from: number): Message | undefined {
    const queue = this.#queueOf(queueName);
    const message = queue[from % queue.length];
    if (message !== undefined) queue.push(message);
    return message;
  }

  #queueOf(queueName: string): Message[] {
    let queue = this.#queues.get(queueName);
    if (queue === undefined) {
      queue = [];
      this.#queues.set(queueName, queue);
    }
    return queue;
  }
}
