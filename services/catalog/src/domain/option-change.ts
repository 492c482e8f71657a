import {
  done,
  refuse,
  refuseField,
  withoutCase,
  type addOption,
  type changeOption,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { isListed, type ChangingOption, type Option, type PlacedOption } from './option.js';
import { ProductBatch, type ProductCard } from './product-batch.js';
import { arePricesExact, refusePrice, type AddedOptions } from './product.js';
import type { StockMovement } from './restock.js';

/** The most options of a product. */
const OPTIONS_MAX = 100;

export interface ChangedOptions {
  readonly products: readonly ProductCard[];
  readonly options: readonly Pick<Option, 'optionId' | 'optionName' | 'additionalPrice' | 'optionStatus'>[];
}

type AddOutcome = OutcomeOf<typeof addOption>;
type ChangeOutcome = OutcomeOf<typeof changeOption>;

function isTaken(options: readonly Option[], name: string): boolean {
  return options.some(({ optionName }) => withoutCase(optionName) === withoutCase(name));
}

/**
 * Adds options to products, each behind those that are there. Their stock counts as received.
 *
 * @param found every option of the products that the requests name, in the order in which they are shown
 */
export function decideOptions(
  found: readonly ChangingOption[],
  requests: readonly PayloadOf<typeof addOption>[],
  newId: () => string,
): { outcomes: AddOutcome[]; changes: AddedOptions } {
  const products = new ProductBatch(found);
  const options: PlacedOption[] = [];
  const movements: StockMovement[] = [];
  const outcomes = requests.map(({ operation, productId, versions, draft, actorId }): AddOutcome => {
    const product = products.find(productId, versions);
    if (!product.ok) return product;
    const there = product.value;
    if (there.length >= OPTIONS_MAX) return refuseField('', `a product has at most ${OPTIONS_MAX} options`);
    if (isTaken(there, draft.name)) return refuseField('name', 'another option has this name');
    const { name: optionName, additionalPrice = 0, stock } = draft;
    const optionId = newId();
    const position = Math.max(...there.map((option) => option.position)) + 1;
    const added: ChangingOption = {
      ...there[0],
      optionId,
      optionName,
      additionalPrice,
      stock,
      position,
      optionStatus: 'SELLABLE',
    };
    if (!arePricesExact([added])) return refusePrice('additionalPrice');
    options.push(added);
    if (stock > 0) movements.push({ optionId, operationKey: operation.key, quantity: stock, actorId });
    return done({ ...products.put([...there, added], actorId), optionId });
  });
  return { outcomes, changes: { products: products.cards(), options, movements } };
}

/**
 * Changes of an option what is given and nothing else. A product keeps an option on sale: without one it would be one
 * of which nothing can be said.
 *
 * @param found every option of the products that the requests name, in the order in which they are shown
 */
export function decideOptionChanges(
  found: readonly ChangingOption[],
  requests: readonly PayloadOf<typeof changeOption>[],
): { outcomes: ChangeOutcome[]; changes: ChangedOptions } {
  const products = new ProductBatch(found);
  const options = new Map<string, Option>();
  const outcomes = requests.map(({ productId, optionId, versions, change, actorId }): ChangeOutcome => {
    const product = products.find(productId, versions);
    if (!product.ok) return product;
    const before = product.value.find((option) => option.optionId === optionId);
    if (before === undefined)
      return refuse('OPTION_NOT_FOUND', `option ${optionId}`, { productId, optionId });
    const others = product.value.filter((option) => option !== before);
    if (change.name !== undefined && isTaken(others, change.name)) {
      return refuseField('name', 'another option has this name');
    }
    const option: ChangingOption = {
      ...before,
      optionName: change.name ?? before.optionName,
      additionalPrice: change.additionalPrice ?? before.additionalPrice,
      optionStatus: change.status ?? before.optionStatus,
    };
    if (!arePricesExact([option])) return refusePrice('additionalPrice');
    if (!isListed(option) && !others.some(isListed)) {
      return refuseField('status', 'one option stays on sale: suspend the product');
    }
    const after = product.value.map((one) => (one === before ? option : one));
    options.set(optionId, option);
    const { optionName: name, additionalPrice, optionStatus: status } = before;
    return done({ ...products.put(after, actorId), before: { name, additionalPrice, status } });
  });
  return { outcomes, changes: { products: products.cards(), options: [...options.values()] } };
}
