import type { Money, Product, ProductStatus } from '@jangteo/contracts';
import {
  isListed,
  textsOf,
  unitPrice,
  type Option,
  type ProductDetails,
  type ProductTexts,
} from './option.js';

/** The part of a product that may come from a cache: its texts and prices. Stock and status of it never do. */
export interface CachedProduct extends ProductTexts {
  readonly productId: string;
  /** The state of the product that is described; each change of a product makes a higher one. */
  readonly version: number;
  readonly name: string;
  readonly price: Money;
  /** ISO 8601, UTC; so of the last change other than of stock. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** All there are, in the order in which they are shown; `price` is all-in. */
  readonly options: readonly {
    readonly optionId: string;
    readonly name: string;
    readonly price: Money;
    readonly isListed: boolean;
  }[];
}

/** The part of a product that every reader gets from the database, as of that moment. */
export interface LiveProduct {
  readonly productId: string;
  readonly version: number;
  readonly status: ProductStatus;
  /** Units left of each option, of suspended ones too, in the order in which options are shown. */
  readonly stocks: readonly number[];
}

/** An option with the version of its product. */
export type VersionedOption = Omit<Option, 'status' | 'stock'> & ProductDetails;

/**
 * Recognises a cached product that is as it was found, or as it became since. An outdated one may be anywhere
 * at any time, left there by a change or put there by a slow reader: this check keeps it from being shown.
 */
export function isCurrent(cached: CachedProduct, { version, stocks }: LiveProduct): boolean {
  return cached.version >= version && cached.options.length === stocks.length;
}

/** @param options all options of one product, at least one, in the order in which they are shown */
export function cachedProductOf(options: readonly VersionedOption[]): CachedProduct {
  const [first] = options;
  if (first === undefined) throw new Error('a product has at least one option');
  const { productId, version, productName, basePrice, createdAt, updatedAt } = first;
  const { description, imageUrl, category } = first;
  return {
    productId,
    version,
    name: productName,
    price: basePrice,
    description,
    imageUrl,
    category,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    options: options.map((option) => ({
      optionId: option.optionId,
      name: option.optionName,
      price: unitPrice(option),
      isListed: isListed(option),
    })),
  };
}

/** The number of options from which on there is a choice. */
const A_CHOICE = 2;

/** A product with the options that are named, and as many as tell whether there is a choice. */
export function withOptions(product: Product, optionIds: ReadonlySet<string>): Product {
  const options = product.options.filter(
    ({ optionId }, place) => place < A_CHOICE || optionIds.has(optionId),
  );
  return { ...product, options };
}

/** Bytes of a product and of an option besides their names. */
const ENTRY_BYTES = 200;

/** About what a product takes in memory, where a character is two bytes. */
export function bytesOf({ name, options, description, imageUrl, category }: CachedProduct): number {
  const texts = [name, description, imageUrl, category].reduce((sum, text) => sum + (text?.length ?? 0), 0);
  return options.reduce((sum, option) => sum + ENTRY_BYTES + 2 * option.name.length, ENTRY_BYTES + 2 * texts);
}

/** A product as readers see it. */
export function productWith(cached: CachedProduct, { status, stocks }: LiveProduct): Product {
  const { productId, name, price, version, createdAt, updatedAt } = cached;
  const options = cached.options.flatMap(({ isListed: isShown, ...option }, place) => {
    const stock = stocks[place];
    if (stock === undefined) throw new Error(`product ${productId} has lost an option while it was read`);
    return isShown ? [{ ...option, stock }] : [];
  });
  return {
    productId,
    name,
    price,
    stock: options.reduce((sum, { stock }) => sum + stock, 0),
    status,
    options,
    ...textsOf(cached),
    version,
    createdAt,
    updatedAt,
  };
}
