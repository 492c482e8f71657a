import {
  done,
  MONEY_MAX,
  refuse,
  refuseField,
  type changeProduct,
  type createProduct,
  type DecisionContext,
  type FieldError,
  type Money,
  type OutcomeOf,
  type PayloadOf,
  type ProductDraft,
} from '@jangteo/contracts';
import {
  DEFAULT_OPTION_NAME,
  productOf,
  textsOf,
  type ChangingOption,
  type Option,
  type PlacedOption,
} from './option.js';
import { ProductBatch, type ProductCard } from './product-batch.js';
import type { StockMovement } from './restock.js';

/** Products, made or changed, and options that are new in them. */
export interface AddedOptions {
  readonly products: readonly ProductCard[];
  readonly options: readonly PlacedOption[];
  readonly movements: readonly StockMovement[];
}

type CreateOutcome = OutcomeOf<typeof createProduct>;
type ChangeOutcome = OutcomeOf<typeof changeProduct>;

/** Makes products, on sale at once. Their first stock counts as received. */
export function decideCreations(
  requests: readonly PayloadOf<typeof createProduct>[],
  { now, newId }: DecisionContext,
): { outcomes: CreateOutcome[]; changes: AddedOptions } {
  const products: ProductCard[] = [];
  const options: PlacedOption[] = [];
  const movements: StockMovement[] = [];
  const outcomes = requests.map(({ operation, draft, actorId }): CreateOutcome => {
    const errors = draftErrors(draft);
    if (errors.length > 0) return refuse('VALIDATION_FAILED', undefined, { errors });
    const made = optionsOfDraft(draft, newId);
    const { productId, productName, category, basePrice, status } = made[0] as PlacedOption;
    const { description = null, imageUrl = null } = draft;
    const own = { description, imageUrl, category, version: 1 };
    products.push({ productId, name: productName, price: basePrice, status, ...own, actorId });
    options.push(...made);
    for (const { optionId, stock } of made) {
      if (stock > 0) movements.push({ optionId, operationKey: operation.key, quantity: stock, actorId });
    }
    return done(productOf(made, { ...own, createdAt: now, updatedAt: now }));
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

/** Refuses a surcharge with which a price would not be exact any more. */
export function refusePrice(path: string) {
  return refuseField(path, priceMessage);
}

/** Tells whether the all-in price of each of these is exact. */
export function arePricesExact(options: readonly Pick<Option, 'basePrice' | 'additionalPrice'>[]): boolean {
  return options.every(({ basePrice, additionalPrice }) => fitsOnTop(basePrice, additionalPrice));
}

function optionsOfDraft(draft: ProductDraft, newId: () => string): PlacedOption[] {
  const productId = newId();
  const drafts = draft.options ?? [
    { name: DEFAULT_OPTION_NAME, additionalPrice: 0, stock: draft.stock ?? 0 },
  ];
  return drafts.map(({ name, additionalPrice = 0, stock }, position) => ({
    productId,
    productName: draft.name,
    category: draft.category ?? null,
    basePrice: draft.price,
    status: 'SELLABLE',
    optionId: newId(),
    optionName: name,
    additionalPrice,
    stock,
    position,
    optionStatus: 'SELLABLE',
  }));
}

/** A value as it is from now on: `null` takes it out, and what is not given stays. */
const changed = <T>(given: T | undefined, before: T): T => (given === undefined ? before : given);

/**
 * Changes of a product what is given and nothing else.
 *
 * @param options every option of the products that the requests name, in the order in which they are shown
 */
export function decideChanges(
  options: readonly ChangingOption[],
  requests: readonly PayloadOf<typeof changeProduct>[],
): { outcomes: ChangeOutcome[]; changes: ProductCard[] } {
  const products = new ProductBatch(options);
  const outcomes = requests.map(({ productId, versions, change, actorId }): ChangeOutcome => {
    const found = products.find(productId, versions);
    if (!found.ok) return found;
    const after = found.value.map((option) => ({
      ...option,
      productName: change.name ?? option.productName,
      basePrice: change.price ?? option.basePrice,
      status: change.status ?? option.status,
      description: changed(change.description, option.description),
      imageUrl: changed(change.imageUrl, option.imageUrl),
      category: changed(change.category, option.category),
    }));
    if (change.price !== undefined && !arePricesExact(after)) return refusePrice('price');
    const [first] = found.value;
    const { productName: name, basePrice: price, status } = first;
    return done({ ...products.put(after, actorId), before: { name, price, status, ...textsOf(first) } });
  });
  return { outcomes, changes: products.cards() };
}
