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
