import { done, refuse, type Money, type Outcome, type Product, type ProductStatus } from '@jangteo/contracts';

/** An option together with its product: the row that every decision and every answer is made of. */
export interface Option {
  readonly productId: string;
  readonly productName: string;
  /** The product's own price, in minor units. */
  readonly basePrice: Money;
  readonly status: ProductStatus;
  readonly optionId: string;
  readonly optionName: string;
  /** What this option costs on top of the product's price, in minor units. */
  readonly additionalPrice: Money;
  readonly stock: number;
}

/** The option of a product that was made without options. */
export const DEFAULT_OPTION_NAME = 'default';

/** The all-in price of one unit, in minor units. */
export function unitPrice({ basePrice, additionalPrice }: Option): Money {
  return basePrice + additionalPrice;
}

/**
 * The option that is meant.
 *
 * @param options all options of the product; none when there is no such product
 * @param named what is meant; the option may be left out where the product has one
 */
export function chooseOption(
  options: readonly Option[],
  named: { readonly productId: string; readonly optionId?: string | undefined },
): Outcome<Option, 'PRODUCT_NOT_FOUND' | 'OPTION_REQUIRED' | 'OPTION_NOT_FOUND'> {
  const { productId, optionId } = named;
  const [first, ...others] = options;
  if (first === undefined) return refuse('PRODUCT_NOT_FOUND', `product ${productId}`);
  if (optionId === undefined) {
    return others.length === 0 ? done(first) : refuse('OPTION_REQUIRED', `product ${productId}`);
  }
  const found = options.find((option) => option.optionId === optionId);
  return found === undefined ? refuse('OPTION_NOT_FOUND', `option ${optionId}`) : done(found);
}

/**
 * A product as readers see it.
 *
 * @param options all options of one product, at least one, in the order in which they are shown
 */
export function productOf(options: readonly Option[]): Product {
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
  };
}
