/*
 * GET   /products                    anyone   200
 * GET   /products/top                anyone   200
 * GET   /products/:productId         anyone   200
 * POST  /products                    admin    201
 * PATCH /products/:productId         admin    200
 * POST  /products/:productId/stock   admin    200
 */
import { Body, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  changeProduct,
  createProduct,
  id,
  listProducts,
  productChange,
  productDraft,
  readProducts,
  readTopProducts,
  refuse,
  restock,
  stockChange,
  type ProductChange,
  type ProductDraft,
  type StockChange,
} from '@jangteo/contracts';
import { z } from 'zod';
import { Api, ForAdmins, ForAnyone } from './access.guard.js';
import { Call, FromCall } from './call.js';
import { valueOf } from './refused.js';
import { pageQuery, topQuery, type PageQuery, type TopQuery } from './schemas.js';
import { Upstream } from './upstream.js';

export const productPath = z.object({ productId: id });
export const createProductBody = productDraft;
export const changeProductBody = productChange;
export const restockBody = stockChange;

type ProductPath = z.infer<typeof productPath>;

@Api()
export class ProductsController {
  constructor(private readonly upstream: Upstream) {}

  @Get('products')
  @ForAnyone()
  async list(@FromCall() call: Call, @Query({ schema: pageQuery }) query: PageQuery) {
    const { products, next } = await this.upstream.ask(listProducts, query, call);
    call.linkNext(next);
    return products;
  }

  @Get('products/top')
  @ForAnyone()
  @Header('cache-control', 'no-cache')
  async top(@FromCall() call: Call, @Query({ schema: topQuery }) query: TopQuery) {
    const { calculatedAt, products: top } = await this.upstream.ask(readTopProducts, query, call);
    call.tell('last-modified', new Date(calculatedAt).toUTCString());
    if (top.length === 0) return [];
    const productIds = top.map(({ productId }) => productId);
    const { products } = await this.upstream.ask(readProducts, { productIds }, call);
    const known = new Map(products.map((product) => [product.productId, product]));
    return top.flatMap(({ productId, totalSales }) => {
      const product = known.get(productId);
      return product === undefined
        ? []
        : [{ productId, name: product.name, price: product.price, totalSales }];
    });
  }

  @Get('products/:productId')
  @ForAnyone()
  async read(@FromCall() call: Call, @Param({ schema: productPath }) { productId }: ProductPath) {
    const { products } = await this.upstream.ask(readProducts, { productIds: [productId] }, call);
    return products[0] ?? valueOf(refuse('PRODUCT_NOT_FOUND'));
  }

  @Post('products')
  @ForAdmins()
  async create(@FromCall() call: Call, @Body({ schema: createProductBody }) draft: ProductDraft) {
    const operation = call.operation(createProduct, draft);
    return await this.upstream.ask(createProduct, { operation, draft }, call);
  }

  @Patch('products/:productId')
  @ForAdmins()
  async change(
    @FromCall() call: Call,
    @Param({ schema: productPath }) { productId }: ProductPath,
    @Body({ schema: changeProductBody }) change: ProductChange,
  ) {
    const operation = call.operation(changeProduct, { productId, change });
    return await this.upstream.ask(changeProduct, { operation, productId, change }, call);
  }

  @Post('products/:productId/stock')
  @ForAdmins()
  @HttpCode(200)
  async restock(
    @FromCall() call: Call,
    @Param({ schema: productPath }) { productId }: ProductPath,
    @Body({ schema: restockBody }) change: StockChange,
  ) {
    const operation = call.operation(restock, { productId, change });
    return await this.upstream.ask(restock, { operation, productId, change }, call);
  }
}
