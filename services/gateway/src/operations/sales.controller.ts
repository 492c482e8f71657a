/*
 * GET /admin/sales              viewer   200
 * GET /admin/sales/products     viewer   200
 * GET /admin/sales/categories   viewer   200
 */
import { Get, Query } from '@nestjs/common';
import {
  id,
  readCategorySales,
  readProducts,
  readProductSales,
  readSales,
  SALES_PERIODS,
  SALES_ROWS_MAX,
  type CategorySales,
  type Product,
  type ProductSales,
  type SalesRow,
} from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { productsRange, salesRange } from '../domain/sales.js';
import { Api } from '../http/access.guard.js';
import { awayReasonOf } from '../http/away.js';
import { valueOf } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';
import { count, givenInstant } from '../openapi/schemas.js';
import { salesOfCategory, salesOfPeriod, salesOfProduct } from './responses.js';

/** Names are left out sooner than waited for. */
const NAMES_DEADLINE_MS = 2_000;

const to = givenInstant.optional().describe('Before this instant; the present by default.');

export const salesQuery = z.object({
  from: givenInstant
    .optional()
    .describe('From the hour or day of this instant on; a day of hours or 30 days before `to` by default.'),
  to,
  by: z.enum(SALES_PERIODS).default('day').describe('Rows by the hour or by the day, of UTC.'),
  productId: id.optional().describe('Sales of this product alone.'),
});

export const productSalesQuery = z.object({
  from: givenInstant.optional().describe('From the hour of this instant on; 30 days before `to` by default.'),
  to,
  limit: count(1, 100, 10),
});

export const categorySalesQuery = productSalesQuery.extend({ limit: count(1, 100, 100) });

@Api()
export class SalesController {
  constructor(private readonly upstream: Upstream) {}

  @Get('admin/sales')
  @Documented({
    id: 'readSales',
    summary: 'Reads what was sold, by the hour or day, oldest first',
    description:
      `At most ${SALES_ROWS_MAX.hour} hours or ${SALES_ROWS_MAX.day} days at a time. An order counts where it succeeded, ` +
      'and once it is cancelled nowhere. What is not kept any more has no row, nor what is to come; new sales show within ' +
      'a moment. Money is known where the shop has statistics beside it: rows that these have not reached yet are the ' +
      "ranking's, without money.",
    asks: [readSales],
    refuses: ['VALIDATION_FAILED'],
    answer: z.array(salesOfPeriod),
  })
  async read(
    @FromCall() call: Call,
    @Query({ schema: salesQuery }) { productId, ...wanted }: z.infer<typeof salesQuery>,
  ): Promise<SalesRow[]> {
    const range = valueOf(salesRange(wanted, Date.now()));
    const { sales } = await this.upstream.ask(readSales, { ...range, period: wanted.by, productId }, call);
    return sales;
  }

  @Get('admin/sales/products')
  @Documented({
    id: 'readProductSales',
    summary: 'Reads the products that sold most in a range of hours',
    description:
      `At most ${SALES_ROWS_MAX.day} days at a time. By revenue where the shop has statistics beside it that have reached the ` +
      'end of the range, or have no fewer units than the ranking, else by units; ties go by product id. Products that are ' +
      "not on sale any more are among them. Names and categories of the ranking's are left out while the catalog does not " +
      'answer. A range that ends earlier, or begins more than 30 days ago, is refused where more was sold in it than can ' +
      'be added up in three seconds.',
    asks: [readProductSales, readProducts],
    refuses: ['VALIDATION_FAILED'],
    answer: z.array(salesOfProduct),
  })
  async products(
    @FromCall() call: Call,
    @Query({ schema: productSalesQuery }) { limit, ...wanted }: z.infer<typeof productSalesQuery>,
  ): Promise<ProductSales[]> {
    const range = valueOf(productsRange(wanted, Date.now()));
    const { products } = await this.upstream.ask(readProductSales, { ...range, limit }, call);
    return await this.#named(products, call);
  }

  @Get('admin/sales/categories')
  @Documented({
    id: 'readCategorySales',
    summary: 'Reads what was sold by category in a range of hours',
    description:
      `At most ${SALES_ROWS_MAX.day} days at a time; those that brought most revenue first, ties by name. A product counts ` +
      'in each hour under what it was listed under at last when it was sold; those that had no category are one row without one. Categories are ' +
      'known where the shop has statistics beside it that have reached the end of the range, or have no fewer units than ' +
      'the ranking: else there is one row without a category and without revenue, of all products, whose `source` is ' +
      '`ranking`.',
    asks: [readCategorySales],
    refuses: ['VALIDATION_FAILED'],
    answer: z.array(salesOfCategory),
  })
  async categories(
    @FromCall() call: Call,
    @Query({ schema: categorySalesQuery }) { limit, ...wanted }: z.infer<typeof categorySalesQuery>,
  ): Promise<CategorySales[]> {
    const range = valueOf(productsRange(wanted, Date.now()));
    const { categories } = await this.upstream.ask(readCategorySales, { ...range, limit }, call);
    return categories;
  }

  /** Statistics have names and categories; of what the ranking has, the catalog tells them, as far as it answers. */
  async #named(products: readonly ProductSales[], call: Call): Promise<ProductSales[]> {
    const productIds = products.flatMap(({ productId, name }) => (name === undefined ? [productId] : []));
    if (productIds.length === 0) return [...products];
    const known = await this.#knownOf(productIds, call);
    return products.map((product) => {
      const its = product.name === undefined ? known.get(product.productId) : undefined;
      if (its === undefined) return product;
      const { name, category } = its;
      return { ...product, name, ...(category === undefined ? {} : { category }) };
    });
  }

  async #knownOf(productIds: string[], call: Call): Promise<ReadonlyMap<string, Product>> {
    try {
      const wanted = { productIds, optionIds: [] };
      const { products } = await this.upstream.ask(readProducts, wanted, call, NAMES_DEADLINE_MS);
      return new Map(products.map((product) => [product.productId, product]));
    } catch (error) {
      // Any other failure is a bug of ours, and thrown on.
      awayReasonOf(error);
      return new Map();
    }
  }
}
