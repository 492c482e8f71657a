import { z } from 'zod';
import { id } from './ids.js';

/**
 * Every code that a caller can meet, with its HTTP status and title: the one table from which answers,
 * documents and tests are made.
 */
export const REFUSALS = {
  VALIDATION_FAILED: { status: 400, title: 'The request is not valid' },
  RESET_TOKEN_INVALID: {
    status: 400,
    title: 'The token to set a password anew is not good, or not any more',
  },
  OPTION_REQUIRED: { status: 400, title: 'The product has several options and none was named' },
  UNAUTHENTICATED: { status: 401, title: 'A valid access token is needed' },
  INVALID_CREDENTIALS: { status: 401, title: 'E-mail or password is wrong' },
  PAYMENT_DECLINED: { status: 402, title: 'The payment was declined' },
  FORBIDDEN: { status: 403, title: 'The caller may not do this' },
  ACCOUNT_SUSPENDED: { status: 403, title: 'The account is suspended' },
  USER_NOT_FOUND: { status: 404, title: 'No such user' },
  PRODUCT_NOT_FOUND: { status: 404, title: 'No such product' },
  OPTION_NOT_FOUND: { status: 404, title: 'The product has no such option' },
  COUPON_NOT_FOUND: { status: 404, title: 'No such coupon' },
  ORDER_NOT_FOUND: { status: 404, title: 'No such order' },
  CHARGE_NOT_FOUND: { status: 404, title: 'No such charge' },
  USER_COUPON_NOT_FOUND: { status: 404, title: 'No such coupon of a user' },
  CART_ITEM_NOT_FOUND: { status: 404, title: 'The cart has no such item' },
  DEAD_LETTER_NOT_FOUND: { status: 404, title: 'No such dead letter' },
  SESSION_NOT_FOUND: { status: 404, title: 'The user has no such session' },
  API_KEY_NOT_FOUND: { status: 404, title: 'No such API key' },
  WEBHOOK_NOT_FOUND: { status: 404, title: 'No such webhook' },
  AUDIT_NOT_FOUND: { status: 404, title: 'No such audit, or none that is kept' },
  OPERATION_NOT_FOUND: { status: 404, title: 'No such operation of staff' },
  NOT_FOUND: { status: 404, title: 'No such path' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The path does not have this method' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request did not arrive in time' },
  EMAIL_TAKEN: { status: 409, title: 'The e-mail address has an account already' },
  ACCOUNT_NOT_EMPTY: { status: 409, title: 'The account has a balance, open charges or orders on their way' },
  LAST_ADMIN: { status: 409, title: 'The shop keeps one admin' },
  OUT_OF_STOCK: { status: 409, title: 'Stock does not cover the quantity' },
  PRODUCT_NOT_SELLABLE: { status: 409, title: 'The product is not on sale' },
  INSUFFICIENT_BALANCE: { status: 409, title: 'The balance does not cover the amount' },
  BALANCE_LIMIT_EXCEEDED: { status: 409, title: 'The balance would pass the largest one allowed' },
  COUPON_SOLD_OUT: { status: 409, title: 'Every coupon has been issued' },
  COUPON_ALREADY_ISSUED: { status: 409, title: 'The user holds this coupon already' },
  COUPON_NOT_ISSUABLE: { status: 409, title: 'The coupon is not being issued now' },
  COUPON_NOT_ELIGIBLE: { status: 409, title: 'The coupon is not for this account' },
  COUPON_NOT_USABLE: { status: 409, title: 'The coupon cannot be used for this order' },
  USER_COUPON_USED: { status: 409, title: 'The coupon was used for an order' },
  CART_EMPTY: { status: 409, title: 'The cart is empty' },
  PRICE_CHANGED: { status: 409, title: 'The total is not the expected one' },
  ORDER_NOT_CANCELLABLE: { status: 409, title: 'Only a successful order can be cancelled' },
  DEAD_LETTER_SETTLED: { status: 409, title: 'The dead letter does not wait any more' },
  DEAD_LETTER_EXPIRED: { status: 409, title: 'Nobody waits for this request any more' },
  TOO_MANY_WEBHOOKS: { status: 409, title: 'The shop has as many webhooks as it may' },
  SAGA_ENDED: { status: 409, title: 'The saga has ended: there is nothing to send again' },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, title: 'The first request with this key is still running' },
  VERSION_CHANGED: { status: 412, title: 'It was changed since that version' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The key was used for another request' },
  TOO_MANY_ORDERS_IN_FLIGHT: { status: 429, title: 'Too many orders of the user are on their way' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  SERVICE_UNAVAILABLE: { status: 503, title: 'A part of the shop is not available' },
  ORDER_TIMED_OUT: { status: 503, title: 'The order was given up and everything undone' },
  UPSTREAM_TIMEOUT: { status: 504, title: 'The outcome is not known yet' },
} as const satisfies Record<string, { status: number; title: string }>;

export type RefusalCode = keyof typeof REFUSALS;

export const REFUSAL_CODES = Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]];

const DETAIL_LENGTH_MAX = 1_000;

/** One line of an order that stock does not cover. */
export const shortage = z.object({
  productId: id,
  optionId: id,
  requested: z.int().min(1),
  available: z.int().min(0),
});

export type Shortage = z.infer<typeof shortage>;

/** What is wrong with a field of a request. */
const fieldError = z.object({ path: z.string(), message: z.string() });

export type FieldError = z.infer<typeof fieldError>;

/** The reason why something was not done: the code for programs, the detail for people, the rest where it applies. */
export const refusal = z.object({
  code: z.enum(REFUSAL_CODES),
  detail: z.string().max(DETAIL_LENGTH_MAX).optional(),
  errors: z.array(fieldError).optional(),
  shortages: z.array(shortage).optional(),
  /** The product that it is about, and the option where one was named. */
  productId: id.optional(),
  optionId: id.optional(),
  orderId: id.optional(),
});

export type Refusal<C extends RefusalCode = RefusalCode> = Omit<z.infer<typeof refusal>, 'code'> & {
  code: C;
  /** The code as it was sent, where a later release refused with one that this release does not know. */
  unknownCode?: string | undefined;
};

/** In place of a code that only later releases know: nothing was done, and by them it may be told better. */
const OF_LATER_RELEASES = 'SERVICE_UNAVAILABLE' satisfies RefusalCode;

const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Marks values that readers of this release bear others beside, which later releases may send. */
export const OPEN_VALUES = 'x-open-values';

/** The code of a refusal in what is read from other services. One that is not known is read as a general one. */
export const readCode = z
  .enum(REFUSAL_CODES)
  .meta({ [OPEN_VALUES]: true })
  .catch(OF_LATER_RELEASES);

/** A refusal as it is read: with whatever code, since whoever wrote it may be of a later release. */
export const readRefusal = refusal
  .extend({ code: z.string().regex(CODE) })
  .transform(({ code, detail, ...rest }): Refusal => {
    const known = REFUSAL_CODES.find((one) => one === code);
    if (known !== undefined) return { ...rest, code: known, ...(detail === undefined ? {} : { detail }) };
    const told = detail === undefined ? code : `${code}: ${detail}`;
    return {
      ...rest,
      code: OF_LATER_RELEASES,
      detail: told.slice(0, DETAIL_LENGTH_MAX),
      unknownCode: code,
    };
  });

/** The result of a message: a value, or a refusal. Failures and bugs are thrown instead. */
export type Outcome<V = unknown, C extends RefusalCode = RefusalCode> =
  { ok: true; value: V } | { ok: false; refusal: Refusal<C> };

/** An outcome that did what was asked. */
export function done<V>(value: V): { ok: true; value: V } {
  return { ok: true, value };
}

/** An outcome that refuses, with whatever else helps the caller (shortages, the order's id). */
export function refuse<C extends RefusalCode>(
  code: C,
  detail?: string,
  more: Omit<Refusal<C>, 'code' | 'detail'> = {},
): { ok: false; refusal: Refusal<C> } {
  return { ok: false, refusal: { code, ...(detail === undefined ? {} : { detail }), ...more } };
}

/** Refuses a request because of one of its fields. */
export function refuseField(path: string, message: string): ReturnType<typeof refuse<'VALIDATION_FAILED'>> {
  return refuse('VALIDATION_FAILED', undefined, { errors: [{ path, message }] });
}
