/** Where the shop tells what happens while it happens, until its document does: one line for each stream. */
export const STREAM_PATHS = {
  orderEvents: '/orders/{orderId}/events',
  couponLive: '/coupons/{couponId}/live',
  adminLive: '/admin/live',
} as const;

/** Data of one event of each stream: at least these fields. */
export interface StreamData {
  orderEvents: { readonly orderStatus?: string; readonly [field: string]: unknown };
  couponLive: { readonly [field: string]: unknown };
  adminLive: { readonly [field: string]: unknown };
}
