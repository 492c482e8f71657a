/*
 * GET   /products                    anyone   200
 * GET   /products/top                anyone   200
 * GET   /products/:productId         anyone   200
 * POST  /products                    operator 201
 * PATCH /products/:productId         operator 200
 * POST  /products/:productId/stock   operator 200
 * POST  /products/:productId/options             operator 201
 * PATCH /products/:productId/options/:optionId   operator 200
 */
import { Body, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  addOption,
  categoryAsked,
  changeOption,
  changeProduct,
  createProduct,
  id,
  listProducts,
  MONEY_MAX,
  optionChange,
  optionDraft,
  product,
  productChange,
  productDraft,
  productSort,
  readProducts,
  readTopProducts,
  restock,
  searchText,
  stockChange,
  type OptionChange,
  type OptionDraft,
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
import { cursorLike, flag, largeCount, pageQuery, topQuery, type TopQuery } from '../openapi/schemas.js';
import { Upstream } from '../http/upstream.js';

export const productPath = z.object({ productId: id });
export const optionPath = z.object({ productId: id, optionId: id });

const IDS_MAX = 100;

export const productsQuery = pageQuery.extend({
  cursor: cursorLike('byId'),
  q: searchText
    .optional()
    .describe('What is in the name, whatever the case of its letters; a syllable will do.'),
  category: categoryAsked.optional().describe('Products of this category.'),
  minPrice: largeCount(MONEY_MAX)
    .optional()
    .describe('Products that cost so much at least, without what an option adds.'),
  maxPrice: largeCount(MONEY_MAX)
    .optional()
    .describe('Products that cost so much at most, without what an option adds.'),
  inStock: flag.optional().describe('`true`: products of which a unit is left.'),
  sort: productSort
    .default('oldest')
    .describe('The order. Names go by their first 24 characters; `-price` are the dearest first.'),
  ids: z
    .string()
    .max(37 * IDS_MAX)
    .transform((text) => text.split(','))
    .pipe(z.array(id).max(IDS_MAX))
    .optional()
    .describe(`Products with these ids, at most ${IDS_MAX}, with commas between them.`)
    .meta({
      type: 'string',
      items: undefined,
      maxItems: undefined,
      examples: [createProduct.example.value.productId],
    }),
});
export const createProductBody = productDraft;
export const changeProductBody = productChange;
export const restockBody = stockChange;
export const addOptionBody = optionDraft;
export const changeOptionBody = optionChange;

/** Places looked at beyond the first where some of those are not on sale. */
const PLACES_AT_ONCE = 100;

type OptionPath = z.infer<typeof optionPath>;
type ProductPath = z.infer<typeof productPath>;
type TopProduct = z.infer<typeof topProduct>;
type Place = ValueOf<typeof readTopProducts>['products'][number];

@Api()
export class ProductsController {
  constructor(private readonly upstream: Upstream) {}

  @Get('products')
  @Documented({
    id: 'listProducts',
    summary: 'Reads the products on sale, oldest first unless told, with live stock',
    description:
      'What is asked for combines with *and*. A page of what is found may have fewer than `limit`, or nothing, where ' +
      'the list goes on.',
    asks: [listProducts],
    answer: listProducts.value.shape.products,
  })
  async list(@FromCall() call: Call, @Query({ schema: productsQuery }) query: z.infer<typeof productsQuery>) {
    const { ids: productIds, ...asked } = query;
    const { products, next } = await this.upstream.ask(listProducts, { ...asked, productIds }, call);
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
    givesHeaders: ['ETag'],
  })
  async read(@FromCall() call: Call, @Param({ schema: productPath }) { productId }: ProductPath) {
    const { products } = await this.upstream.ask(readProducts, { productIds: [productId] }, call);
    const [found] = products;
    if (found === undefined) throw new Refused({ code: 'PRODUCT_NOT_FOUND', productId });
    call.tellVersion(found);
    return found;
  }

  @Post('products')
  @Documented({
    id: 'createProduct',
    summary: 'Makes a product with its options',
    description: 'Without `options` it has one option, with `stock`.',
    asks: [createProduct],
    answer: createProduct.value,
    givesHeaders: ['ETag', 'ProductLocation'],
  })
  async create(@FromCall() call: Call, @Body({ schema: createProductBody }) draft: ProductDraft) {
    const operation = call.operation(createProduct, draft);
    const made = await this.upstream.ask(
      createProduct,
      { operation, draft, actorId: call.caller.userId },
      call,
    );
    call.tellVersion(made);
    call.tell('location', `/products/${made.productId}`);
    return made;
  }

  @Patch('products/:productId')
  @Documented({
    id: 'changeProduct',
    summary: 'Changes the name, price, status or texts of a product',
    description:
      'A text that is `null` is taken out. An archived product is read by its id, sold no more, and in no list but that ' +
      'of those who run the shop.',
    asks: [changeProduct],
    answer: product,
    takesHeaders: ['If-Match'],
    givesHeaders: ['ETag'],
  })
  async change(
    @FromCall() call: Call,
    @Param({ schema: productPath }) { productId }: ProductPath,
    @Body({ schema: changeProductBody }) change: ProductChange,
  ) {
    const versions = call.ifMatch();
    const operation = call.operation(changeProduct, { productId, change, versions });
    const payload = { operation, productId, change, versions, actorId: call.caller.userId };
    const { before, ...after } = await this.upstream.ask(changeProduct, payload, call);
    call.noteBefore(before);
    call.tellVersion(after);
    return after;
  }

  @Post('products/:productId/options')
  @Documented({
    id: 'addOption',
    summary: 'Adds an option to a product, as its last one',
    description: 'Answers with the product, and the id of the option. A product has at most 100.',
    asks: [addOption],
    answer: addOption.value,
    takesHeaders: ['If-Match'],
    givesHeaders: ['ETag', 'ProductLocation'],
  })
  async addOption(
    @FromCall() call: Call,
    @Param({ schema: productPath }) { productId }: ProductPath,
    @Body({ schema: addOptionBody }) draft: OptionDraft,
  ) {
    const versions = call.ifMatch();
    const operation = call.operation(addOption, { productId, draft, versions });
    const payload = { operation, productId, draft, versions, actorId: call.caller.userId };
    const after = await this.upstream.ask(addOption, payload, call);
    call.tellVersion(after);
    call.tell('location', `/products/${productId}`);
    return after;
  }

  @Patch('products/:productId/options/:optionId')
  @Documented({
    id: 'changeOption',
    summary: 'Changes an option, or takes it off sale',
    description: 'A suspended option is not sold and not listed. One option of a product stays on sale.',
    asks: [changeOption],
    answer: product,
    takesHeaders: ['If-Match'],
    givesHeaders: ['ETag'],
  })
  async changeOption(
    @FromCall() call: Call,
    @Param({ schema: optionPath }) { productId, optionId }: OptionPath,
    @Body({ schema: changeOptionBody }) change: OptionChange,
  ) {
    const versions = call.ifMatch();
    const operation = call.operation(changeOption, { productId, optionId, change, versions });
    const payload = { operation, productId, optionId, change, versions, actorId: call.caller.userId };
    const { before, ...after } = await this.upstream.ask(changeOption, payload, call);
    call.noteBefore(before);
    call.tellVersion(after);
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
    takesHeaders: ['If-Match'],
  })
  async restock(
    @FromCall() call: Call,
    @Param({ schema: productPath }) { productId }: ProductPath,
    @Body({ schema: restockBody }) change: StockChange,
  ) {
    const versions = call.ifMatch();
    const operation = call.operation(restock, { productId, change, versions });
    const payload = { operation, productId, change, versions, actorId: call.caller.userId };
    const restocked = await this.upstream.ask(restock, payload, call);
    call.noteBefore({ stock: restocked.stock - change.quantity });
    return restocked;
  }
}
