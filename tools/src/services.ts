/** The gateway last: it is what the world talks to, so it is the first to stop. */
export const services = ['wallet', 'catalog', 'coupon', 'order', 'ranking', 'gateway'] as const;
export type Service = (typeof services)[number];
