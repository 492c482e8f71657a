import { present, type Money, type OptionStatus, type Product, type ProductStatus } from '@jangteo/contracts';

/** An option together with its product: the row that every decision and every answer is made of. */
export interface Option {
  readonly productId: string;
  readonly productName: string;
  /** The product's; null where it has none. */
  readonly category: string | null;
  /** The product's own price, in minor units. */
  readonly basePrice: Money;
  readonly status: ProductStatus;
  readonly optionId: string;
  readonly optionName: string;
  /** The surcharge on the product's price, in minor units. */
  readonly additionalPrice: Money;
  readonly stock: number;
  /** SUSPENDED is not sold and not shown, whatever the product is. */
  readonly optionStatus: OptionStatus;
}

/** What is told of a product beside names, prices and stock; null where there is none. */
export interface ProductTexts {
  readonly description: string | null;
  readonly imageUrl: string | null;
  readonly category: string | null;
}

/** State of a product's own row: `updatedAt` is the time of the last change of anything but its stock. */
export interface ProductDetails extends ProductTexts {
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An option's place among its product's options, 0 first. */
export type PlacedOption = Option & { readonly position: number };

/** An option of a product that is to be changed, with its product's own row, and the time by the database's clock. */
export type ChangingOption = PlacedOption & ProductDetails & { readonly now: Date };

/** Recognises an option that is shown and sold, as far as it goes by the option. */
export function isListed({ optionStatus }: Pick<Option, 'optionStatus'>): boolean {
  return optionStatus === 'SELLABLE';
}

/** The category as it is told, where there is one. */
export function categoryOf({ category }: Pick<ProductTexts, 'category'>): { readonly category?: string } {
  return category === null ? {} : { category };
}

/** The fields that have a value, as they are told. */
export function textsOf({ description, imageUrl, category }: ProductTexts) {
  return {
    ...present({ description, imageUrl }),
    ...categoryOf({ category }),
  };
}

/** The option of a product that was made without options. */
export const DEFAULT_OPTION_NAME = 'default';

/** The all-in price of one unit, in minor units. */
export function unitPrice({
  basePrice,
  additionalPrice,
}: Pick<Option, 'basePrice' | 'additionalPrice'>): Money {
  return basePrice + additionalPrice;
}

/**
 * A product as readers see it.
 *
 * @param options all options of one product, at least one, in the order in which they are shown
 */
export function productOf(options: readonly Option[], details: ProductDetails): Product {
  const [first] = options;
  const { version, createdAt, updatedAt } = details;
  const listed = options.filter(isListed);
  if (first === undefined) throw new Error('a product has at least one option');
  return {
    productId: first.productId,
    name: first.productName,
    price: first.basePrice,
    stock: listed.reduce((sum, { stock }) => sum + stock, 0),
    status: first.status,
    options: listed.map((option) => ({
      optionId: option.optionId,
      name: option.optionName,
      price: unitPrice(option),
      stock: option.stock,
    })),
    ...textsOf(details),
    version,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
