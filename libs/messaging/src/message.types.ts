import type {
  AnsweredContract,
  CommandContract,
  EventContract,
  Outcome,
  OutcomeOf,
  PayloadOf,
  Refusal,
  ReplyAddress,
  Trace,
} from '@jangteo/contracts';

export { BusyFailure, TransientFailure, type ReplyAddress, type Trace } from '@jangteo/contracts';
export { inHaste } from '@jangteo/tracing';

/** A message as a handler gets it: decoded, its payload checked against its contract. */
export interface Delivery<P = unknown> {
  readonly type: string;
  readonly payload: P;
  readonly messageId: string;
  /** Commands and their replies: the order's id. */
  readonly correlationId: string | undefined;
  /** Requests: where the answer is awaited. */
  readonly replyAddress: ReplyAddress | undefined;
  /** Requests: the moment of `performance.now()`, which nobody sets, after which nobody waits for the answer any more. */
  readonly deadlineMs: number | undefined;
  readonly trace: Trace;
}

/** How long whoever sent it waits for its answer yet; nobody does from 0 on. */
export function leftMs(
  { deadlineMs = Infinity }: Pick<Delivery, 'deadlineMs'>,
  nowMs = performance.now(),
): number {
  return deadlineMs - nowMs;
}

/** The answer to a command: `type` is the command's, `correlationId` the order's id. */
export type CommandReply<C extends CommandContract = CommandContract> = Omit<
  Delivery<OutcomeOf<C>>,
  'correlationId'
> & { readonly correlationId: string };

/** The delivery that led to a message; where nobody sent one just now, only the trace that the message belongs to. */
export interface Cause {
  readonly messageId?: string;
  readonly trace: Trace;
}

/** A message to be published; `cause` lends it causation id and trace. */
export type Outgoing =
  | {
      readonly kind: 'command';
      readonly contract: CommandContract;
      readonly payload: unknown;
      readonly correlationId: string;
      readonly cause?: Cause | undefined;
    }
  | {
      readonly kind: 'event';
      readonly contract: EventContract;
      readonly payload: unknown;
      readonly cause?: Cause | undefined;
    }
  | {
      readonly kind: 'answer';
      readonly to: ReplyAddress;
      readonly outcome: Outcome;
      readonly cause?: Cause | undefined;
    };

/** A command to its service; its answer comes to the order service's reply queue. */
export function commandTo<C extends CommandContract>(
  contract: C,
  payload: PayloadOf<C>,
  correlationId: string,
  cause?: Cause,
): Outgoing {
  return { kind: 'command', contract, payload, correlationId, cause };
}

/** An event to everybody who subscribed. */
export function eventOf<E extends EventContract>(
  contract: E,
  payload: PayloadOf<E>,
  cause?: Cause,
): Outgoing {
  return { kind: 'event', contract, payload, cause };
}

/** A late answer to a request that was deferred. Sent once, unconfirmed: who missed it asks again. */
export function answerTo(to: ReplyAddress, outcome: Outcome, cause?: Cause): Outgoing {
  return { kind: 'answer', to, outcome, cause };
}

/** In place of an outcome: the answer to this request comes later, by {@link answerTo}. */
export const DEFERRED = Symbol('deferred');

/** The result of a batch handler: outcome i answers message i; `publish` goes out with the outcomes. */
export interface BatchResult<O = Outcome> {
  readonly outcomes: readonly (O | typeof DEFERRED)[];
  /** Positions of the requests that did nothing: their outcome is that of an earlier one with their operation. */
  readonly replayed?: ReadonlySet<number>;
  readonly publish?: readonly Outgoing[];
  /** Runs once everything was confirmed, events too. Nothing waits for it, and it must bear being skipped. */
  readonly afterConfirm?: () => Promise<void>;
}

/** Messages of one contract that are handled together. */
export type Batch<C extends AnsweredContract> = readonly Delivery<PayloadOf<C>>[];

/** The payloads of a batch, in the order of its messages. */
export function payloadsOf<P>(batch: readonly Delivery<P>[]): P[] {
  return batch.map(({ payload }) => payload);
}

/** The handler of one request or command type. */
export type AnsweringHandler<C extends AnsweredContract> = (
  batch: readonly Delivery<PayloadOf<C>>[],
) => Promise<readonly OutcomeOf<C>[] | BatchResult<OutcomeOf<C>>>;

/** The handler of events, or of the replies to commands: nothing to answer, perhaps something to publish. */
export type HearingHandler<D> = (batch: readonly D[]) => Promise<void | Omit<BatchResult, 'outcomes'>>;

/** The answer did not come before the deadline: the outcome is not known. */
export class UpstreamTimeout extends Error {
  override readonly name = 'UpstreamTimeout';
}

/** The request was certainly not taken: no broker, no queue, or the broker takes nothing now. */
export class UpstreamUnavailable extends Error {
  override readonly name = 'UpstreamUnavailable';
}

/** The service failed to handle the request, or answered what its contract does not know. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';

  constructor(
    message: string,
    /** The service's own answer, where it gave one: INTERNAL or VALIDATION_FAILED. */
    readonly refusal?: Refusal,
  ) {
    super(message);
  }
}

export interface AskOptions {
  /** Milliseconds until the asker gives up; also the message's expiration. */
  readonly deadlineMs?: number;
  readonly trace?: Trace;
  /** Called where the answer is that of an earlier request with the same operation. */
  readonly onReplay?: () => void;
}
