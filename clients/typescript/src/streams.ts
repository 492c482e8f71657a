import type { Operations } from './api.js';
import type { ServerEvent } from './server-events.js';

/** Where each stream is, by the id of its operation. */
export const STREAM_PATHS = {
  watchOrder: '/orders/{orderId}/events',
  watchCoupon: '/coupons/{couponId}/live',
  watchShop: '/admin/live',
} as const;

export type StreamName = keyof typeof STREAM_PATHS;

/** What the events of a stream carry, by their type: as the document says, or whatever there is where it says nothing. */
type EventsOf<S extends StreamName> =
  Operations extends Readonly<Record<S, { readonly events: infer Events }>>
    ? Events
    : Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An event of a stream: its `type` tells what its `data` are. */
export type StreamEvent<S extends StreamName> = {
  [Type in keyof EventsOf<S> & string]: ServerEvent<EventsOf<S>[Type], Type>;
}[keyof EventsOf<S> & string];
