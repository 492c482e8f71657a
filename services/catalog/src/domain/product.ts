import {
  done,
  MONEY_MAX,
  refuse,
  refuseProduct,
  type changeProduct,
  type createProduct,
  type DecisionContext,
  type Money,
  type OutcomeOf,
  type PayloadOf,
  type ProductDraft,
  type ProductStatus,
} from '@jangteo/contracts';
import { DEFAULT_OPTION_NAME, productOf, type Option } from './option.js';
import type { StockMovement } from './restock.js';

/** A product without its options. */
export interface ProductCard {
  readonly productId: string;
  readonly name: string;
  readonly price: Money;
  readonly status: ProductStatus;
  /** The user who made or changed it last, where that is known. */
  readonly actorId: string | undefined;
}

/** An option's place among its product's options, 0 first. */
export type PlacedOption = Option & { readonly position: number };

/** An option of a product that is to be changed, and the time by the database's clock. */
export type ChangingOption = Option & { readonly createdAt: Date; readonly now: Date };

export interface CreateChanges {
  readonly products: readonly ProductCard[];
  readonly options: readonly PlacedOption[];
  readonly movements: readonly StockMovement[];
}

interface FieldError {
  readonly path: string;
  readonly message: string;
}

type CreateOutcome = OutcomeOf<typeof createProduct>;
type ChangeOutcome = OutcomeOf<typeof changeProduct>;

/** Makes products, on sale at once. Their first stock counts as received. */
export function decideCreations(
  requests: readonly PayloadOf<typeof createProduct>[],
  { now, newId }: DecisionContext,
): { outcomes: CreateOutcome[]; changes: CreateChanges } {
  const products: ProductCard[] = [];
  const options: PlacedOption[] = [];
  const movements: StockMovement[] = [];
  const outcomes = requests.map(({ operation, draft, actorId }): CreateOutcome => {
    const errors = draftErrors(draft);
    if (errors.length > 0) return refuse('VALIDATION_FAILED', undefined, { errors });
    const made = optionsOfDraft(draft, newId);
    const { productId, productName, basePrice, status } = made[0] as PlacedOption;
    products.push({ productId, name: productName, price: basePrice, status, actorId });
    options.push(...made);
    for (const { optionId, stock } of made) {
      if (stock > 0) movements.push({ optionId, operationKey: operation.key, quantity: stock, actorId });
    }
    return done(productOf(made, { createdAt: now, updatedAt: now }));
  });
  return { outcomes, changes: { products, options, movements } };
}

function draftErrors({ price, options = [] }: ProductDraft): FieldError[] {
  return options.flatMap(({ additionalPrice = 0 }, index) =>
    fitsOnTop(price, additionalPrice)
      ? []
      : [{ path: `options.${index}.additionalPrice`, message: priceMessage }],
  );
}

const priceMessage = `the price of an option must not pass ${MONEY_MAX} in all`;

/** Tells whether both add up to an exact amount. */
function fitsOnTop(price: Money, additionalPrice: Money): boolean {
  return additionalPrice <= MONEY_MAX - price;
}

function optionsOfDraft(draft: ProductDraft, newId: () => string): PlacedOption[] {
  const productId = newId();
  const drafts = draft.options ?? [
    { name: DEFAULT_OPTION_NAME, additionalPrice: 0, stock: draft.stock ?? 0 },
  ];
  return drafts.map(({ name, additionalPrice = 0, stock }, position) => ({
    productId,
    productName: draft.name,
    basePrice: draft.price,
    status: 'SELLABLE',
    optionId: newId(),
    optionName: name,
    additionalPrice,
    stock,
    position,
  }));
}

/**
 * Changes of a product what is given and nothing else.
 *
 * @param options every option of the products that the requests name, in the order in which they are shown
 */
export function decideChanges(
  options: readonly ChangingOption[],
  requests: readonly PayloadOf<typeof changeProduct>[],
): { outcomes: ChangeOutcome[]; changes: ProductCard[] } {
  const products: Map<string, readonly ChangingOption[]> = Map.groupBy(options, ({ productId }) => productId);
  const changed = new Map<string, ProductCard>();
  const outcomes = requests.map(({ productId, change, actorId }): ChangeOutcome => {
    const before = products.get(productId);
    const [first] = before ?? [];
    if (before === undefined || first === undefined) return refuseProduct('PRODUCT_NOT_FOUND', productId);
    const { price } = change;
    if (price !== undefined && before.some((option) => !fitsOnTop(price, option.additionalPrice))) {
      return refuse('VALIDATION_FAILED', undefined, { errors: [{ path: 'price', message: priceMessage }] });
    }
    const after = before.map((option) => ({
      ...option,
      productName: change.name ?? option.productName,
      basePrice: change.price ?? option.basePrice,
      status: change.status ?? option.status,
    }));
    products.set(productId, after);
    const product = productOf(after, { createdAt: first.createdAt, updatedAt: first.now });
    changed.set(productId, { ...product, actorId });
    const { productName: name, basePrice, status } = first;
    return done({ ...product, before: { name, price: basePrice, status } });
  });
  return { outcomes, changes: [...changed.values()] };
}
