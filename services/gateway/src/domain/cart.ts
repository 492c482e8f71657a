import {
  chooseOption,
  done,
  itemName,
  MONEY_MAX,
  refuseProduct,
  sumOfLines,
  type CartLine,
  type NamedOption,
  type Offer,
  type Product,
} from '@jangteo/contracts';

/** A line of a cart as it is shown: name, price and stock are those of the moment. */
export interface CartItem extends CartLine {
  readonly name: string;
  /** The all-in price of one unit, in minor units. */
  readonly price: number;
  readonly stock: number;
  /** True if an order of this line alone would get its stock now. */
  readonly orderable: boolean;
}

export interface ShownCart {
  readonly items: CartItem[];
  /** Of the lines that are orderable, in minor units, and no more than {@link MONEY_MAX}: an order of more is refused. */
  readonly totalPrice: number;
}

/** Stand-in for a line whose product is not there any more. */
const GONE = { name: 'no longer sold', price: 0, stock: 0, orderable: false };

/**
 * Finds the option, and its stock, that is to be put into a cart.
 *
 * @param product `undefined` where there is no such product
 */
export function offerOf(product: Product | undefined, named: NamedOption): Offer {
  const chosen = chooseOption(product?.options ?? [], named);
  if (!chosen.ok) return chosen;
  if (product?.status !== 'SELLABLE') return refuseProduct('PRODUCT_NOT_SELLABLE', named.productId);
  return done({ optionId: chosen.value.optionId, available: chosen.value.stock });
}

function itemOf(line: CartLine, product: Product | undefined): CartItem {
  const option = product?.options.find(({ optionId }) => optionId === line.optionId);
  if (product === undefined || option === undefined) return { ...line, ...GONE };
  const { price, stock } = option;
  const name = itemName(product.name, option.name, product.options.length);
  const orderable = product.status === 'SELLABLE' && stock >= line.quantity;
  return { ...line, name, price, stock, orderable };
}

/** A cart as its owner sees it, in the order in which its lines were put in. */
export function cartOf(lines: readonly CartLine[], products: readonly Product[]): ShownCart {
  const known = new Map(products.map((product) => [product.productId, product]));
  const items = lines.map((line) => itemOf(line, known.get(line.productId)));
  const orderable = items.filter((item) => item.orderable);
  return { items, totalPrice: sumOfLines(orderable) ?? MONEY_MAX };
}
