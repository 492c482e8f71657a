import { done, type OrderLine, type Outcome } from '@jangteo/contracts';
import { cartOf, offerOf } from '@jangteo/gateway/domain';
import {
  cartOf as linesOf,
  decideAdditions,
  decideClearings,
  decideRemovals,
  decideSettings,
  type CartChanges,
  type FoundCarts,
} from '@jangteo/order/domain';
import { callerOf, UNNAMED, type Answer, type Call, type Handlers } from './call.js';

/** The cart with names, prices and stock of the moment. */
function shown(call: Call): Outcome<Answer> {
  const { store } = call;
  const { lines } = linesOf(store.cartOf(callerOf(call).userId));
  const products = lines.map(({ productId }) => store.product(productId));
  return done({
    body: cartOf(
      lines,
      products.filter((product) => product !== undefined),
    ),
  });
}

/** Keeps what was decided about the caller's cart, and shows it. */
function changed(
  call: Call,
  { outcomes, changes }: { outcomes: readonly Outcome<object>[]; changes: CartChanges },
): Outcome<Answer> {
  const [outcome] = outcomes;
  if (outcome?.ok === false) return outcome;
  call.store.keepCart(callerOf(call).userId, changes);
  return shown(call);
}

/** The caller's cart; no order stays under way. */
const found = (call: Call): FoundCarts => ({
  lines: call.store.cartOf(callerOf(call).userId),
  underway: [],
});

/** The caller's cart, and a change of it by what the call asks for. */
function asked<L extends OrderLine>(call: Call, line: L) {
  const { userId } = callerOf(call);
  const { store } = call;
  const offer = offerOf(store.product(line.productId), line);
  return { carts: found(call), change: { operation: UNNAMED, userId, ...line, offer } };
}

export const cart: Handlers = {
  readCart: shown,

  addToCart(call) {
    const { carts, change } = asked(call, call.body as OrderLine);
    return changed(call, decideAdditions(carts, [change]));
  },

  setCartItem(call) {
    const { carts, change } = asked(call, call.body as OrderLine);
    return changed(call, decideSettings(carts, [change]));
  },

  clearCart(call) {
    const { userId } = callerOf(call);
    return changed(call, decideClearings(found(call), [{ operation: UNNAMED, userId }]));
  },

  removeFromCart(call) {
    const { userId } = callerOf(call);
    const { productId = '', optionId } = call.query;
    const removal = { operation: UNNAMED, userId, productId, optionId };
    return changed(call, decideRemovals(found(call), [removal]));
  },
};
