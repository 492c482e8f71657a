import { z } from 'zod';
import type { Operation } from './ids.js';
import { OPEN_VALUES, readRefusal, refusal, type Outcome, type RefusalCode } from './refusals.js';
import type { ServiceName } from './services.js';

interface Described<P extends z.ZodType> {
  /** `owner.what-it-does`; the AMQP type and, for events, the routing key. */
  readonly type: string;
  /** Version of the payload's schema. A change that old readers cannot bear gets a new version. */
  readonly version: number;
  /** The service that answers a request or command, or publishes an event. */
  readonly service: ServiceName;
  readonly payload: P;
  readonly summary: string;
}

interface Answered<R extends z.ZodType, C extends RefusalCode> {
  readonly value: R;
  readonly refusals: readonly C[];
  /** Schema of the whole answer: `{ok: true, value}` or `{ok: false, refusal}` with a code of `refusals`. */
  readonly outcome: z.ZodType<Outcome<z.infer<R>, C>>;
  /** As {@link outcome}, for who reads it: whoever wrote it may be of a later release, and refuse with another code. */
  readonly answer: z.ZodType<Outcome<z.infer<R>, C>>;
}

/** Gateway to a service, answered on the gateway's direct reply-to; transient, bounded by a deadline. */
export interface RequestContract<
  P extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
  C extends RefusalCode = RefusalCode,
>
  extends Described<P>, Answered<R, C> {
  readonly kind: 'request';
  readonly example: { payload: z.infer<P>; value: z.infer<R> };
}

/** Saga to a participant, durable, answered on the order service's durable reply queue. */
export interface CommandContract<
  P extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
  C extends RefusalCode = RefusalCode,
>
  extends Described<P>, Answered<R, C> {
  readonly kind: 'command';
  /** The action whose effect it takes back. Where it comes first, the action is refused from then on. */
  readonly undoes?: CommandContract;
  readonly example: { payload: z.infer<P>; value: z.infer<R> };
}

/** Something that happened, told to everybody who subscribed. */
export interface EventContract<P extends z.ZodType = z.ZodType> extends Described<P> {
  readonly kind: 'event';
  readonly example: { payload: z.infer<P> };
}

/** A contract whose messages are decided once: a request with its operation, or a command for an order. */
export type OnceContract =
  RequestContract<z.ZodType<{ operation: Operation }>> | CommandContract<z.ZodType<{ orderId: string }>>;

export type MessageContract = RequestContract | CommandContract | EventContract;
export type AnsweredContract = RequestContract | CommandContract;

export type PayloadOf<M extends { payload: z.ZodType }> = z.infer<M['payload']>;
export type ValueOf<M extends { value: z.ZodType }> = z.infer<M['value']>;
export type RefusalOf<M extends { refusals: readonly RefusalCode[] }> = M['refusals'][number];
export type OutcomeOf<M extends AnsweredContract> = Outcome<ValueOf<M>, RefusalOf<M>>;

type Spec<T> = Omit<T, 'kind' | 'outcome' | 'answer' | 'version'> & { version?: number };

/**
 * The schema of an outcome: `{ok: true, value}`, or `{ok: false, refusal}` with one of these codes.
 *
 * @param isOpen whether those who read it bear other codes too
 */
export function outcomeSchema<R extends z.ZodType, C extends RefusalCode>(
  value: R,
  refusals: readonly C[],
  isOpen = false,
): z.ZodType<Outcome<z.infer<R>, C>> {
  const accepted = z.object({ ok: z.literal(true), value });
  if (refusals.length === 0) return accepted as unknown as z.ZodType<Outcome<z.infer<R>, C>>;
  const refused = z.object({
    ok: z.literal(false),
    refusal: refusal.extend({
      code: z.enum(refusals as [C, ...C[]]).meta(isOpen ? { [OPEN_VALUES]: true } : {}),
    }),
  });
  const either = z.discriminatedUnion('ok', [accepted, refused]);
  return either as unknown as z.ZodType<Outcome<z.infer<R>, C>>;
}

/** The pipeline's answers in place of a handler that failed: no refusals, unless the contract has them. */
const FAILURES: readonly RefusalCode[] = ['INTERNAL', 'VALIDATION_FAILED'];

/**
 * The schema of an outcome as it is read. During an upgrade one may come from a later release, with a code that is
 * not among these: it is a refusal all the same, and what was refused did nothing. What can never be refused stays so.
 */
function answerSchema<R extends z.ZodType, C extends RefusalCode>(
  value: R,
  refusals: readonly C[],
): z.ZodType<Outcome<z.infer<R>, C>> {
  if (refusals.length === 0) return outcomeSchema(value, refusals);
  const isRefusal = ({ code }: { code: RefusalCode }): boolean =>
    refusals.some((one) => one === code) || !FAILURES.includes(code);
  const either = z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), refusal: readRefusal.refine(isRefusal) }),
  ]);
  return either as unknown as z.ZodType<Outcome<z.infer<R>, C>>;
}

function outcomesOf<R extends z.ZodType, C extends RefusalCode>(value: R, refusals: readonly C[]) {
  return { outcome: outcomeSchema(value, refusals, true), answer: answerSchema(value, refusals) };
}

/** Declares a request; see {@link RequestContract}. */
export function request<P extends z.ZodType, R extends z.ZodType, const C extends RefusalCode>(
  spec: Spec<RequestContract<P, R, C>>,
): RequestContract<P, R, C> {
  return { version: 1, ...spec, kind: 'request', ...outcomesOf(spec.value, spec.refusals) };
}

/** Declares a command of the saga; see {@link CommandContract}. */
export function command<P extends z.ZodType, R extends z.ZodType, const C extends RefusalCode>(
  spec: Spec<CommandContract<P, R, C>>,
): CommandContract<P, R, C> {
  return { version: 1, ...spec, kind: 'command', ...outcomesOf(spec.value, spec.refusals) };
}

/** Declares an event; see {@link EventContract}. */
export function event<P extends z.ZodType>(
  spec: Omit<EventContract<P>, 'kind' | 'version'> & { version?: number },
): EventContract<P> {
  return { version: 1, ...spec, kind: 'event' };
}
