/*
 * GET   /products                    anyone   200
 * GET   /products/top                anyone   200
 * GET   /products/:productId         anyone   200
 * POST  /products                    operator 201
 * PATCH /products/:productId         operator 200
 * POST  /products/:productId/stock   operator 200
 */
import { Body, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  changeProduct,
  createProduct,
  id,
  listProducts,
  product,
  productChange,
  productDraft,
  readProducts,
  readTopProducts,
  restock,
  stockChange,
  type ProductChange,
  type ProductDraft,
  type StockChange,
  type ValueOf,
} from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { topProduct } from '../http/responses.js';
import { Call, FromCall } from '../http/request-context.js';
import { Refused } from '../http/refusal-error.js';
import { cursorLike, pageQuery, topQuery, type PageQuery, type TopQuery } from '../openapi/schemas.js';
import { Upstream } from '../http/upstream.js';

export const productPath = z.object({ productId: id });
export const productsQuery = pageQuery.extend({ cursor: cursorLike('byId') });
export const createProductBody = productDraft;
export const changeProductBody = productChange;
export const restockBody = stockChange;

/** Places looked at beyond the first where some of those are not on sale. */
const PLACES_AT_ONCE = 100;

type ProductPath = z.infer<typeof productPath>;
type TopProduct = z.infer<typeof topProduct>;
type Place = ValueOf<typeof readTopProducts>['products'][number];

@Api()
export class ProductsController {
  constructor(private readonly upstream: Upstream) {}

  @Get('products')
  @Documented({
    id: 'listProducts',
    summary: 'Reads the products on sale, oldest first, with live stock',
    asks: [listProducts],
    answer: listProducts.value.shape.products,
  })
  async list(@FromCall() call: Call, @Query({ schema: productsQuery }) query: PageQuery) {
    const { products, next } = await this.upstream.ask(listProducts, query, call);
    call.linkNext(next);
    return products;
  }

  @Get('products/top')
  @Header('cache-control', 'no-cache')
  @Documented({
    id: 'readTopProducts',
    summary: 'Reads the products with most units sold over the last days',
    description: 'Of the products on sale. Ties go by product id. Cancelled orders do not count.',
    asks: [readTopProducts, readProducts],
    answer: z.array(topProduct),
    givesHeaders: ['Last-Modified'],
  })
  async top(@FromCall() call: Call, @Query({ schema: topQuery }) query: TopQuery) {
    const { limit } = query;
    const seen = new Set<string>();
    const shown: TopProduct[] = [];
    // What is not on sale leaves its place to those behind it.
    for (let isMore = true; isMore && shown.length < limit;) {
      const asked = { ...query, limit: seen.size === 0 ? limit : PLACES_AT_ONCE, skip: seen.size };
      const { calculatedAt, products } = await this.upstream.ask(readTopProducts, asked, call);
      if (seen.size === 0) call.tell('last-modified', new Date(calculatedAt).toUTCString());
      // A ranking of the release before skips nothing.
      const places = products.filter(({ productId }) => !seen.has(productId));
      for (const { productId } of places) seen.add(productId);
      shown.push(...(await this.#onSale(places, call)));
      isMore = places.length === asked.limit;
    }
    return shown.slice(0, limit);
  }

  async #onSale(places: readonly Place[], call: Call): Promise<TopProduct[]> {
    if (places.length === 0) return [];
    const productIds = places.map(({ productId }) => productId);
    // Of their options nothing is shown.
    const { products } = await this.upstream.ask(readProducts, { productIds, optionIds: [] }, call);
    const known = new Map(products.map((product) => [product.productId, product]));
    return places.flatMap(({ productId, totalSales }) => {
      const product = known.get(productId);
      if (product?.status !== 'SELLABLE') return [];
      return [{ productId, name: product.name, price: product.price, totalSales }];
    });
  }

  @Get('products/:productId')
  @Documented({
    id: 'readProduct',
    summary: 'Reads a product, whatever its status',
    asks: [readProducts],
    refuses: ['PRODUCT_NOT_FOUND'],
    answer: product,
  })
  async read(@FromCall() call: Call, @Param({ schema: productPath }) { productId }: ProductPath) {
    const { products } = await this.upstream.ask(readProducts, { productIds: [productId] }, call);
    const [found] = products;
    if (found === undefined) throw new Refused({ code: 'PRODUCT_NOT_FOUND', productId });
    return found;
  }

  @Post('products')
  @Documented({
    id: 'createProduct',
    summary: 'Makes a product with its options',
    description: 'Without `options` it has one option, with `stock`.',
    asks: [createProduct],
    answer: createProduct.value,
  })
  async create(@FromCall() call: Call, @Body({ schema: createProductBody }) draft: ProductDraft) {
    const operation = call.operation(createProduct, draft);
    return await this.upstream.ask(createProduct, { operation, draft, actorId: call.caller.userId }, call);
  }

  @Patch('products/:productId')
  @Documented({
    id: 'changeProduct',
    summary: 'Changes the name, price or status of a product',
    asks: [changeProduct],
    answer: product,
  })
  async change(
    @FromCall() call: Call,
    @Param({ schema: productPath }) { productId }: ProductPath,
    @Body({ schema: changeProductBody }) change: ProductChange,
  ) {
    const operation = call.operation(changeProduct, { productId, change });
    const payload = { operation, productId, change, actorId: call.caller.userId };
    const { before, ...after } = await this.upstream.ask(changeProduct, payload, call);
    call.noteBefore(before);
    return after;
  }

  @Post('products/:productId/stock')
  @HttpCode(200)
  @Documented({
    id: 'restock',
    summary: 'Adds to the stock of an option',
    description: 'A negative quantity takes away, never below 0.',
    asks: [restock],
    answer: restock.value,
  })
  async restock(
    @FromCall() call: Call,
    @Param({ schema: productPath }) { productId }: ProductPath,
    @Body({ schema: restockBody }) change: StockChange,
  ) {
    const operation = call.operation(restock, { productId, change });
    const payload = { operation, productId, change, actorId: call.caller.userId };
    const restocked = await this.upstream.ask(restock, payload, call);
    call.noteBefore({ stock: restocked.stock - change.quantity });
    return restocked;
  }
}
