import { createCoupon, createProduct, named, placeOrder, readCharge } from '@jangteo/contracts';
import type { AnswerHeader, RequestHeader } from '@jangteo/service';
import { CURSORS } from './schemas.js';
import { z } from 'zod';
import { WAIT_SECONDS_DEFAULT, WAIT_SECONDS_MAX } from '../domain/prefer.js';

export interface KnownHeader {
  /** The header's name, where the document lists it under another. */
  readonly name?: string;
  readonly description: string;
  readonly required?: boolean;
  readonly schema: z.ZodType;
  /** None of what may be sent: pages that try the API out would send it. */
  readonly example?: string | number;
}

const text = z.string();
const requestId = named('RequestId', z.string(), 'my-request-7');

export const REQUEST_HEADERS: Readonly<
  Record<RequestHeader | 'Idempotency-Key' | 'X-Request-Id', KnownHeader>
> = {
  'Idempotency-Key': {
    description:
      'A name of the request, bare or quoted: sent again under it, the request is answered as the first time ' +
      'and does nothing twice. Names are per user or API key, and last for a day at least.',
    schema: z.string().min(1).max(255),
  },
  'If-Match': {
    description:
      'RFC 9110: the `ETag` of what was read, or several of them; refused with `VERSION_CHANGED` where it was changed ' +
      'since. A tag that a proxy has made weak (`W/"3"`) is taken for ours. `*`, or nothing, changes it whatever it has ' +
      'become.',
    schema: z.string().min(1).max(255),
  },
  'Last-Event-ID': {
    description: 'The `id` of the last event that was received: what comes after it is sent.',
    schema: text,
  },
  Prefer: {
    description:
      `RFC 7240: \`wait=N\` waits N seconds for the end of the order, at most ${WAIT_SECONDS_MAX} ` +
      `(${WAIT_SECONDS_DEFAULT} where nothing is said); \`respond-async\` waits for nothing.`,
    schema: text,
  },
  'X-Request-Id': {
    description:
      'A name of the request for logs, up to 128 visible ASCII characters; made where there is none.',
    schema: requestId,
  },
};

export const ANSWER_HEADERS: Readonly<
  Record<
    | AnswerHeader
    | 'Allow'
    | 'Content-Language'
    | 'Deprecation'
    | 'Idempotent-Replayed'
    | 'Link'
    | 'RateLimit'
    | 'RateLimit-Policy'
    | 'Retry-After'
    | 'Sunset'
    | 'WWW-Authenticate'
    | 'X-Request-Id',
    KnownHeader
  >
> = {
  Allow: {
    description: 'The methods that the path has.',
    required: true,
    schema: text,
    example: 'GET, HEAD, OPTIONS',
  },
  'Last-Modified': {
    description: 'When the figures were calculated.',
    required: true,
    schema: text,
    example: 'Thu, 01 Jan 2026 00:00:00 GMT',
  },
  'Content-Language': {
    description:
      'The language of `title`, `detail` and messages: `ko` where `Accept-Language` likes it best, else `en`.',
    schema: text,
    example: 'en',
  },
  Link: {
    description: 'RFC 8288: where the list goes on, with `rel="next"`; absent on its last page.',
    schema: text,
    example: `</orders?limit=20&cursor=${CURSORS.byTime}>; rel="next"`,
  },
  Deprecation: {
    description: 'RFC 9745: since when it has been known that this call will go, in seconds since 1970.',
    required: true,
    schema: text,
    example: '@1767225600',
  },
  Sunset: {
    description: 'RFC 8594: from when on this call may be gone.',
    required: true,
    schema: text,
    example: 'Wed, 01 Jul 2026 00:00:00 GMT',
  },
  ETag: {
    description:
      'RFC 9110: the version of what was read, for `If-Match`. Stock, and what was issued, are no part of it.',
    schema: text,
    example: '"1"',
  },
  'Idempotent-Replayed': {
    description:
      '`true` where an earlier request under the same `Idempotency-Key` was answered so and this one did nothing, also ' +
      'where it was refused then.',
    schema: z.literal('true'),
    example: 'true',
  },
  AccountLocation: {
    name: 'Location',
    description: 'Where the user reads the account, once logged in.',
    required: true,
    schema: text,
    example: '/auth/me',
  },
  ApiKeyLocation: {
    name: 'Location',
    description: 'Where to read the key, but for its text.',
    required: true,
    schema: text,
    example: '/admin/api-keys/01920000-0000-7000-8000-000000000021',
  },
  RefreshCookie: {
    name: 'Set-Cookie',
    description:
      'The refresh token as the cookie `jangteo_refresh` (`HttpOnly; Secure; SameSite=Strict; Path=/auth`), or its end.',
    required: true,
    schema: text,
    example: 'jangteo_refresh=cmVmcmVzaA; HttpOnly; Secure; SameSite=Strict; Path=/auth',
  },
  ProductLocation: {
    name: 'Location',
    description: 'Where to read the product.',
    required: true,
    schema: text,
    example: `/products/${createProduct.example.value.productId}`,
  },
  CouponLocation: {
    name: 'Location',
    description: 'Where to read the coupon.',
    required: true,
    schema: text,
    example: `/coupons/${createCoupon.example.value.couponId}`,
  },
  ChargeLocation: {
    name: 'Location',
    description: 'Where to read the charge, and what became of it.',
    required: true,
    schema: text,
    example: `/balance/charges/${readCharge.example.value.chargeId}`,
  },
  WebhookLocation: {
    name: 'Location',
    description: 'Where to read the webhook.',
    required: true,
    schema: text,
    example: '/admin/webhooks/01920000-0000-7000-8000-000000000031',
  },
  OrderLocation: {
    name: 'Location',
    description: 'Where to read the order, and what became of it.',
    required: true,
    schema: text,
    example: `/orders/${placeOrder.example.value.orderId}`,
  },
  'Preference-Applied': {
    description: 'RFC 7240: the preference that was heeded, where one was stated.',
    schema: text,
    example: 'wait=10',
  },
  RateLimit: {
    description:
      'draft-ietf-httpapi-ratelimit-headers: requests that the address has left (`r`), and seconds until it has all of ' +
      'them again (`t`). Absent where an answer was made before they were counted. Other limits, on logins say, are not ' +
      'told ahead: after their 429 there is `r` left, and `Retry-After` says when to ask again.',
    schema: text,
    example: '"requests";r=59999;t=60',
  },
  'RateLimit-Policy': {
    description: 'The limit: so many requests (`q`) of one address in so many seconds (`w`).',
    schema: text,
    example: '"requests";q=60000;w=60',
  },
  'Retry-After': {
    description: 'Seconds after which to ask again.',
    required: true,
    schema: z.int().min(0).max(86_400),
    example: 1,
  },
  'Services-Unanswered': {
    description:
      'The services that did not answer in time, with commas between them; absent where all have answered.',
    schema: text,
    example: 'wallet, ranking',
  },
  'WWW-Authenticate': { description: 'RFC 6750.', required: true, schema: text, example: 'Bearer' },
  'X-Request-Id': {
    description: "The request's id, the same in every log line about it.",
    required: true,
    schema: requestId,
    example: 'my-request-7',
  },
};
