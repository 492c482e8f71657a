import { SetMetadata } from '@nestjs/common';
import type { AnsweredContract, RefusalCode } from '@jangteo/contracts';
import type { z } from 'zod';

const OPERATION = Symbol('operation');

/** A header that a client may send, apart from those that are the same on every route. */
export type RequestHeader = 'If-Match' | 'Last-Event-ID' | 'Prefer';

/** A header of a success, apart from those that are the same on every route. */
export type AnswerHeader =
  | 'AccountLocation'
  | 'ApiKeyLocation'
  | 'ChargeLocation'
  | 'CouponLocation'
  | 'ETag'
  | 'Last-Modified'
  | 'OrderLocation'
  | 'Preference-Applied'
  | 'ProductLocation'
  | 'RefreshCookie'
  | 'WebhookLocation'
  | 'Services-Unanswered';

/** An answer that goes on: server-sent events. */
export interface StreamedAnswer {
  /** What each event carries, by its name. */
  readonly events: Readonly<Record<string, z.ZodType>>;
  /** True where it ends by itself: who asks for more than there is gets a 204. */
  readonly hasEnd?: boolean;
}

/** How a route says that it will go (docs/versions.md). */
export interface Ending {
  /** The day on which that was decided, ISO 8601. */
  readonly since: string;
  /** The day from which on it may be gone, ISO 8601. */
  readonly until: string;
  /** What takes its place, in Markdown: a sentence. */
  readonly instead: string;
}

/**
 * The part of a route's documentation that cannot be seen in its code. Path, parameters, body, status and who may call
 * are read from the route itself, and so is what follows from them.
 */
export interface Operation<B = unknown, P = unknown> {
  /** The name that generated clients call it by. */
  readonly id: string;
  readonly summary: string;
  /** In Markdown. */
  readonly description?: string;
  /** The messages that the route sends: what they are refused with, the route refuses with. */
  readonly asks?: readonly AnsweredContract[];
  /** Further refusals, apart from those that follow from who may call it and what it takes. */
  readonly refuses?: readonly RefusalCode[];
  /** The body of a success; none where it is left out. */
  readonly answer?: z.ZodType<B>;
  /** The events of a success, where it is a stream. */
  readonly stream?: StreamedAnswer;
  /** The body of a 202, where the route may answer before its work is done. */
  readonly pending?: z.ZodType<P>;
  /** The media type of the answer, where it is not JSON. */
  readonly mediaType?: string;
  /** True where whoever accepts HTML gets a page instead. */
  readonly isPageToo?: boolean;
  /** Where it will go. */
  readonly ending?: Ending;
  readonly takesHeaders?: readonly RequestHeader[];
  readonly givesHeaders?: readonly AnswerHeader[];
}

type Documenting<B> = <M extends (...given: never[]) => B | Promise<B>>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** Documents a route; that it answers with what it says, the compiler checks. */
export function Documented<B = void, P = never>(operation: Operation<B, P>): Documenting<B | P> {
  return SetMetadata(OPERATION, operation);
}

/** A route that is no part of the API, such as an asset of a page. */
export function Undocumented(): MethodDecorator {
  return SetMetadata(OPERATION, 'none');
}

/** The documentation at a controller's method; `'none'` for a method that is no part of the API. */
export function operationOf(method: object): Operation | 'none' | undefined {
  return Reflect.getMetadata(OPERATION, method) as Operation | 'none' | undefined;
}
