import { nameOf, type Broker, type Message, type Outgoing } from './broker.js';

/** The latest event, for a history; only put into words where somebody reads it. */
export type Note = () => string;

/** Work that a handler leaves until its transactions are committed. */
export interface Handled {
  readonly publish: readonly Outgoing[];
  /** Runs once the broker has confirmed all of it. */
  afterConfirm?(): void;
}

/** Works on a batch in a replica of its service. It yields after each transaction: there it may die. */
export type Handler = (messages: readonly Message[], replica: number) => Generator<Note, Handled>;

/** A batch that a replica is working on. */
export interface Batch {
  readonly service: string;
  readonly replica: number;
  readonly messages: readonly Message[];
  isAcknowledged: boolean;
}

/** Takes a batch from its arrival to its ack; yields after each effect that others can see. */
export type Pipeline = (batch: Batch, handle: Handler, broker: Broker) => Generator<Note, void>;

export function* published(messages: readonly Outgoing[], broker: Broker): Generator<Note, void> {
  for (const message of messages) {
    broker.publish(message);
    yield () => `publishes ${nameOf(message)}`;
  }
}

/** As libs/messaging does it: commit, publish, await the confirms, acknowledge. */
export const acknowledgingLast: Pipeline = function* (batch, handle, broker) {
  const { publish, afterConfirm } = yield* handle(batch.messages, batch.replica);
  yield* published(publish, broker);
  afterConfirm?.();
  batch.isAcknowledged = true;
  yield () => 'acknowledges';
};
