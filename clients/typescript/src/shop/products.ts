import type {
  Id,
  OptionChange,
  OptionDraft,
  OptionStock,
  Product,
  ProductChange,
  ProductDraft,
  StockChange,
  TopProduct,
} from '../api.js';
import type { List } from '../pages.js';
import type { AnswerOf, CallOptions, QueryOf } from '../transport.js';
import { Namespace } from './namespace.js';

export class Products extends Namespace {
  list(query: QueryOf<'listProducts'> = {}, options?: CallOptions): List<Product> {
    return this.pagesOf('listProducts', { query }, options);
  }

  read(productId: Id, options?: CallOptions): Promise<Product> {
    return this.call('readProduct', { path: { productId } }, options);
  }

  /** What sells most. */
  top(query: QueryOf<'readTopProducts'> = {}, options?: CallOptions): Promise<TopProduct[]> {
    return this.call('readTopProducts', { query }, options);
  }

  create(draft: ProductDraft, options?: CallOptions): Promise<Product> {
    return this.call('createProduct', { body: draft }, options);
  }

  change(productId: Id, change: ProductChange, options?: CallOptions): Promise<Product> {
    return this.call('changeProduct', { path: { productId }, body: change }, options);
  }

  addOption(productId: Id, draft: OptionDraft, options?: CallOptions): Promise<AnswerOf<'addOption'>> {
    return this.call('addOption', { path: { productId }, body: draft }, options);
  }

  changeOption(
    productId: Id,
    optionId: Id,
    change: OptionChange,
    options?: CallOptions,
  ): Promise<AnswerOf<'changeOption'>> {
    return this.call('changeOption', { path: { productId, optionId }, body: change }, options);
  }

  /** Adds to the stock of an option; takes from it where the quantity is negative. */
  restock(productId: Id, change: StockChange, options?: CallOptions): Promise<OptionStock> {
    return this.call('restock', { path: { productId }, body: change }, options);
  }
}
