import {
  chooseOption,
  done,
  itemName,
  LINE_QUANTITY_MAX,
  refuse,
  type CartLine,
  type OrderLine,
  type Outcome,
} from '@jangteo/contracts';
import { callerOf, type Answer, type Call, type Handlers } from './call.js';

/** The cart with names, prices and stock of the moment. */
function shown(call: Call): Outcome<Answer> {
  const { store } = call;
  const items = store.cartOf(callerOf(call).userId).flatMap((line) => {
    const product = store.products.get(line.productId);
    const option = product?.options.find(({ optionId }) => optionId === line.optionId);
    if (product === undefined || option === undefined) return [];
    const name = itemName(product.name, option.name, product.options.length);
    const { price, stock } = option;
    return [{ ...line, name, price, stock, orderable: stock >= line.quantity }];
  });
  const orderable = items.filter((item) => item.orderable);
  const totalPrice = orderable.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  return done({ body: { items, totalPrice } });
}

/** @param next how many are to be in the cart, by how many are */
function change(call: Call, line: OrderLine, next: (present: number) => number): Outcome<Answer> {
  const { store } = call;
  const { userId } = callerOf(call);
  const chosen = chooseOption(store.products.get(line.productId)?.options ?? [], line);
  if (!chosen.ok) return chosen;
  const { optionId, stock } = chosen.value;
  const lines = store.cartOf(userId);
  const isSame = (one: CartLine) => one.optionId === optionId;
  const quantity = next(lines.find(isSame)?.quantity ?? 0);
  if (quantity > LINE_QUANTITY_MAX) {
    const errors = [{ path: 'quantity', message: `a line has at most ${LINE_QUANTITY_MAX}` }];
    return refuse('VALIDATION_FAILED', undefined, { errors });
  }
  if (quantity > stock) {
    const shortage = { productId: line.productId, optionId, requested: quantity, available: stock };
    return refuse('OUT_OF_STOCK', undefined, { shortages: [shortage] });
  }
  const changed = { productId: line.productId, optionId, quantity };
  const isThere = lines.some(isSame);
  store.setCart(userId, isThere ? lines.map((one) => (isSame(one) ? changed : one)) : [...lines, changed]);
  return shown(call);
}

/**
 * Takes a line out of the cart.
 *
 * @returns a refusal where it is not there, or where not one alone is meant
 */
function takeOut(call: Call, productId: string, optionId: string | undefined): Outcome<Answer> {
  const { store } = call;
  const { userId } = callerOf(call);
  const lines = store.cartOf(userId);
  const isMeant = (line: CartLine): boolean =>
    line.productId === productId && (optionId === undefined || line.optionId === optionId);
  const meant = lines.filter(isMeant);
  if (meant.length === 0) return refuse('CART_ITEM_NOT_FOUND');
  if (meant.length > 1) return refuse('OPTION_REQUIRED');
  store.setCart(
    userId,
    lines.filter((line) => !isMeant(line)),
  );
  return shown(call);
}

export const cart: Handlers = {
  readCart: shown,

  addToCart(call) {
    const line = call.body as OrderLine;
    return change(call, line, (present) => present + line.quantity);
  },

  setCartItem(call) {
    const line = call.body as OrderLine;
    if (line.quantity > 0) return change(call, line, () => line.quantity);
    const taken = takeOut(call, line.productId, line.optionId);
    const isThere = taken.ok || taken.refusal.code !== 'CART_ITEM_NOT_FOUND';
    return isThere ? taken : shown(call);
  },

  clearCart(call) {
    call.store.setCart(callerOf(call).userId, []);
    return shown(call);
  },

  removeFromCart(call) {
    const { productId, optionId } = call.query;
    return takeOut(call, productId!, optionId);
  },
};
