/*
 * GET /admin/products                        viewer   200
 * GET /admin/products/:productId/movements   viewer   200
 */
import { Get, Param, Query } from '@nestjs/common';
import {
  listAllProducts,
  listMovements,
  productSort,
  productStatus,
  searchText,
  STOCK_MAX,
} from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { Call, FromCall } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';
import { cursorLike, largeCount, pageQuery, type PageQuery } from '../openapi/schemas.js';
import { productPath } from './products.controller.js';

export const allProductsQuery = pageQuery.extend({
  cursor: cursorLike('newest'),
  status: productStatus.optional().describe('Products of this status.'),
  q: searchText
    .optional()
    .describe('What is in the name, whatever the case of its letters; a syllable will do.'),
  stockBelow: largeCount(STOCK_MAX)
    .optional()
    .describe('Products of which fewer units than that are left, of all options.'),
  sort: productSort
    .default('newest')
    .describe('The order. Names go by their first 24 characters; `-price` are the dearest first.'),
});

/** Products for those who run the shop. */
@Api()
export class AdminProductsController {
  constructor(private readonly upstream: Upstream) {}

  @Get('admin/products')
  @Documented({
    id: 'listAllProducts',
    summary: 'Reads products of every status, newest first unless told, with live stock',
    description: 'A page of what is found may have fewer than `limit`, or nothing, where the list goes on.',
    asks: [listAllProducts],
    answer: listAllProducts.value.shape.products,
  })
  async list(
    @FromCall() call: Call,
    @Query({ schema: allProductsQuery }) query: z.infer<typeof allProductsQuery>,
  ) {
    const { products, next } = await this.upstream.ask(listAllProducts, query, call);
    call.linkNext(next);
    return products;
  }

  @Get('admin/products/:productId/movements')
  @Documented({
    id: 'listMovements',
    summary: 'Reads how the stock of a product was moved, newest first',
    description:
      'By orders, or by somebody with a reason or without one. What came back from an order has `releasedAt`, and is ' +
      'forgotten after a time.',
    asks: [listMovements],
    answer: listMovements.value.shape.movements,
  })
  async movements(
    @FromCall() call: Call,
    @Param({ schema: productPath }) { productId }: z.infer<typeof productPath>,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    const { movements, next } = await this.upstream.ask(listMovements, { ...query, productId }, call);
    call.linkNext(next);
    return movements;
  }
}
