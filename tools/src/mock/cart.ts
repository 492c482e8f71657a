import { done, type OrderLine, type Outcome } from '@jangteo/contracts';
import { cartOf, offerOf } from '@jangteo/gateway/domain';
import {
  cartOf as linesOf,
  decideAdditions,
  decideClearings,
  decideRemovals,
  decideSettings,
  type CartChanges,
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

/** The caller's lines, and a change of them by what the call asks for. */
function asked<L extends OrderLine>(call: Call, line: L) {
  const { userId } = callerOf(call);
  const { store } = call;
  const offer = offerOf(store.product(line.productId), line);
  return { lines: store.cartOf(userId), change: { operation: UNNAMED, userId, ...line, offer } };
}

export const cart: Handlers = {
  readCart: shown,

  addToCart(call) {
    const { lines, change } = asked(call, call.body as OrderLine);
    return changed(call, decideAdditions(lines, [change]));
  },

  setCartItem(call) {
    const { lines, change } = asked(call, call.body as OrderLine);
    return changed(call, decideSettings(lines, [change]));
  },

  clearCart(call) {
    const { userId } = callerOf(call);
    return changed(call, decideClearings(call.store.cartOf(userId), [{ operation: UNNAMED, userId }]));
  },

  removeFromCart(call) {
    const { userId } = callerOf(call);
    const { productId = '', optionId } = call.query;
    const removal = { operation: UNNAMED, userId, productId, optionId };
    return changed(call, decideRemovals(call.store.cartOf(userId), [removal]));
  },
};
