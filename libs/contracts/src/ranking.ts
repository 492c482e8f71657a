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

/** Who counted: the shop's ranking, or a job outside of it that reads the records for the data platform. */
const source = z
  .enum(['ranking', 'statistics'])
  .describe(
    'Whose figures these are: those of the `ranking`, which counts units and orders, or of the `statistics` beside the ' +
      'shop, which know money too.',
  );

const revenue = z
  .int()
  .min(0)
  .optional()
  .describe('What was sold for, before discounts, that of cancelled orders left out; of `statistics` alone.');

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
  // A ranking of the release before does not say so.
  source: source.default('ranking'),
  revenue,
  discount: z
    .int()
    .min(0)
    .optional()
    .describe('What coupons took off; of `statistics` alone, and of all products together.'),
  cancelled: z
    .int()
    .min(0)
    .optional()
    .describe(
      'Orders of this hour or day that were cancelled since; of `statistics` alone, and of all products together.',
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
    value: {
      sales: [
        {
          at: '2026-01-01T00:00:00.000Z',
          units: 2,
          orders: 1,
          source: 'statistics',
          revenue: 24_000,
          discount: 3_000,
          cancelled: 0,
        },
      ],
    },
  },
});

export const productSales = z.object({
  productId: id,
  name: z
    .string()
    .optional()
    .describe('What the product is called; absent where that is not known at present.'),
  category: z
    .string()
    .optional()
    .describe(
      'What the product was listed under when it was last sold, or is now where `source` is the `ranking`; absent where ' +
        'there is none, or it is not known.',
    ),
  units: z.int().min(1).describe('Units sold, those of cancelled orders left out.'),
  orders: salesRow.shape.orders,
  revenue,
  source,
});

export type ProductSales = z.infer<typeof productSales>;

export const readProductSales = request({
  type: 'ranking.read-product-sales',
  service: 'ranking',
  summary:
    'Reads the products that sold most in a range of whole hours, as far as figures are kept: by revenue where ' +
    'statistics know it, else by units; ties by product id.',
  payload: z.object({
    from: instant,
    to: instant.describe('The first that is left out.'),
    limit: z.int().min(1).max(100),
  }),
  value: z.object({ products: z.array(productSales).max(100) }),
  refusals: ['VALIDATION_FAILED'],
  example: {
    payload: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z', limit: 5 },
    value: {
      products: [
        {
          productId: '01920000-0000-7000-8000-0000000000b1',
          name: 'Tea cup',
          category: 'Kitchen',
          units: 2,
          orders: 1,
          revenue: 24_000,
          source: 'statistics',
        },
      ],
    },
  },
});

export const categorySales = z.object({
  category: z
    .string()
    .optional()
    .describe(
      'What products were listed under in the hours in which they were sold, at last. Absent from the row of those that had none, and from that of ' +
        'all products together where `source` is the `ranking`, which knows no categories.',
    ),
  units: productSales.shape.units,
  revenue,
  source,
});

export type CategorySales = z.infer<typeof categorySales>;

export const readCategorySales = request({
  type: 'ranking.read-category-sales',
  service: 'ranking',
  summary:
    'Reads the categories that brought most in a range of whole hours, ties by their names, or one row of all products ' +
    'where no statistics know categories.',
  payload: readProductSales.payload,
  value: z.object({ categories: z.array(categorySales).max(100) }),
  refusals: [],
  example: {
    payload: readProductSales.example.payload,
    value: {
      categories: [{ category: 'Kitchen', units: 2, revenue: 24_000, source: 'statistics' }],
    },
  },
});
