import type { Money, Product, ProductStatus } from '@jangteo/contracts';

/** An option together with its product: the row that every decision and every answer is made of. */
export interface Option {
  readonly productId: string;
  readonly productName: string;
  /** The product's own price, in minor units. */
  readonly basePrice: Money;
  readonly status: ProductStatus;
  readonly optionId: string;
  readonly optionName: string;
  /** The surcharge on the product's price, in minor units. */
  readonly additionalPrice: Money;
  readonly stock: number;
}

/** Times of a product: `updatedAt` is that of the last change of anything but its stock. */
export interface ProductTimes {
  readonly createdAt: Date;
  readonly updatedAt: Date;
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
export function productOf(options: readonly Option[], { createdAt, updatedAt }: ProductTimes): Product {
  const [first] = options;
  if (first === undefined) throw new Error('a product has at least one option');
  return {
    productId: first.productId,
    name: first.productName,
    price: first.basePrice,
    stock: options.reduce((sum, { stock }) => sum + stock, 0),
    status: first.status,
    options: options.map((option) => ({
      optionId: option.optionId,
      name: option.optionName,
      price: unitPrice(option),
      stock: option.stock,
    })),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
