import { done, refuse, type Outcome } from './refusals.js';

/** The ids that name an option of a product; the option's may be left out where the product has only one. */
export interface NamedOption {
  readonly productId: string;
  readonly optionId?: string | undefined;
}

/**
 * The option that is meant.
 *
 * @param options all options of the product; none when there is no such product
 */
export function chooseOption<O extends { readonly optionId: string }>(
  options: readonly O[],
  { productId, optionId }: NamedOption,
): Outcome<O, 'PRODUCT_NOT_FOUND' | 'OPTION_REQUIRED' | 'OPTION_NOT_FOUND'> {
  const [first, ...others] = options;
  if (first === undefined) return refuseProduct('PRODUCT_NOT_FOUND', productId);
  if (optionId === undefined) {
    return others.length === 0 ? done(first) : refuseProduct('OPTION_REQUIRED', productId);
  }
  const found = options.find((option) => option.optionId === optionId);
  if (found !== undefined) return done(found);
  return refuse('OPTION_NOT_FOUND', `option ${optionId}`, { productId, optionId });
}

/** Refuses what is asked of a product, and names it to people and to programs. */
export function refuseProduct<C extends 'PRODUCT_NOT_FOUND' | 'PRODUCT_NOT_SELLABLE' | 'OPTION_REQUIRED'>(
  code: C,
  productId: string,
) {
  return refuse(code, `product ${productId}`, { productId });
}

/**
 * The name of a line of an order or a cart; the option's name is part of it only where there is a choice.
 *
 * @param optionsCount how many options the product has
 */
export function itemName(productName: string, optionName: string, optionsCount: number): string {
  return optionsCount === 1 ? productName : `${productName} (${optionName})`;
}
