import { z } from 'zod';
import { id, instant } from './ids.js';
import { request } from './message.js';

export const readTopProducts = request({
  type: 'ranking.top',
  service: 'ranking',
  summary:
    'Reads the products with most units sold over the last `days` × 24 hours, ties by product id, from ' +
    'figures calculated beforehand.',
  payload: z.object({
    limit: z.int().min(1).max(100),
    days: z.int().min(1).max(30),
    /** The places before those asked for. */
    skip: z.int().min(0).max(1_000).optional(),
  }),
  value: z.object({
    calculatedAt: instant,
    products: z.array(z.object({ productId: id, totalSales: z.int().min(1) })),
  }),
  refusals: [],
  example: {
    payload: { limit: 5, days: 3 },
    value: {
      calculatedAt: '2026-01-01T00:00:00.000Z',
      products: [{ productId: '01920000-0000-7000-8000-0000000000b1', totalSales: 2 }],
    },
  },
});

/** The periods by which sales are read: hours and days of UTC. */
export const SALES_PERIODS = ['hour', 'day'] as const;

/** The most hours or days that are read at a time. */
export const SALES_ROWS_MAX = { hour: 744, day: 100 } as const satisfies Record<
  (typeof SALES_PERIODS)[number],
  number
>;

export const salesRow = z.object({
  at: instant.describe('The beginning of the hour or day, in UTC.'),
  units: z.int().min(0).describe('Units sold, those of cancelled orders left out.'),
  orders: z
    .int()
    .min(0)
    .optional()
    .describe(
      'Orders that succeeded and were not cancelled; absent where they were not counted yet, or not all of them.',
    ),
});

export type SalesRow = z.infer<typeof salesRow>;

export const readSales = request({
  type: 'ranking.read-sales',
  service: 'ranking',
  summary:
    'Reads units sold and orders, of all products or one, by the hour or day in which orders succeeded, as far as figures ' +
    'are kept.',
  payload: z.object({
    from: instant,
    to: instant.describe('The first that is left out.'),
    period: z.enum(SALES_PERIODS),
    productId: id.optional(),
  }),
  value: z.object({ sales: z.array(salesRow).max(SALES_ROWS_MAX.hour) }),
  refusals: [],
  example: {
    payload: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z', period: 'hour' },
    value: { sales: [{ at: '2026-01-01T00:00:00.000Z', units: 2, orders: 1 }] },
  },
});
