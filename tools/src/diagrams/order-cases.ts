import { releaseStock } from '@jangteo/contracts';
import type { PrintedRoute } from '../documents.js';
import { REPLIES } from '../simulation/broker.js';
import { BOUNDS } from '../simulation/order.js';
import { ACTIONS, OrderRun, SHOP, type Begin } from './order-run.js';

/** A use case of orders, and what happens in it. */
export interface OrderCase extends Begin {
  readonly title: string;
  readonly caption: string;
  happens(run: OrderRun): void;
}

function placed(run: OrderRun): void {
  run.place();
  run.settle();
}

function placedUnseen(run: OrderRun): void {
  run.place({ looks: false });
  run.settle();
}

const withCoupon = { userCouponId: 'coupon' };
const couponWith = (terms: Partial<(typeof SHOP)['coupons'][number]>) => {
  return { coupons: SHOP.coupons.map((coupon) => ({ ...coupon, ...terms })) };
};
const stock = (units: number) => ({ options: SHOP.options.map((option) => ({ ...option, stock: units })) });
const [reserve = '', , debit = ''] = ACTIONS;
const PAST_DEADLINE_MS = BOUNDS.deadlineMs + 1;

export const ORDER_CASES: readonly OrderCase[] = [
  {
    title: 'Order: success',
    caption:
      'Two cups at 1,000. The look before the order promises nothing: each step decides again, under its lock.',
    happens: placed,
  },
  { title: 'Order: success with a coupon', caption: 'It takes 500 off.', wish: withCoupon, happens: placed },
  {
    title: 'Order: of the cart',
    caption: 'The transaction that completes it takes the lines out of the cart.',
    wish: { items: undefined },
    shop: { cart: [{ userId: 'ann', position: 1, productId: 'cup', optionId: 'cup', quantity: 2 }] },
    happens(run) {
      placed(run);
      run.sequence.note('order', `lines left in the cart: ${run.world.order.lines.length}`);
    },
  },
  {
    title: 'Order: out of stock',
    caption: 'Nothing was taken, so nothing is undone.',
    shop: stock(1),
    happens: placed,
  },
  {
    title: 'Order: balance short, seen before',
    caption:
      'What was seen goes along with the first command, so the catalog refuses before it holds anything.',
    shop: { balances: { ann: 500 } },
    happens: placed,
  },
  {
    title: 'Order: balance short, found by the saga',
    caption: 'The look came too late, or the balance fell after it. The stock that was reserved goes back.',
    shop: { balances: { ann: 500 } },
    happens: placedUnseen,
  },
  {
    title: 'Order: coupon refused, seen before',
    caption: 'Nobody is commanded at all.',
    wish: withCoupon,
    shop: couponWith({ orderId: 'another' }),
    happens: placed,
  },
  {
    title: 'Order: coupon refused by the saga',
    caption: 'Two cups are less than its smallest subtotal. The stock that was reserved goes back.',
    wish: withCoupon,
    shop: couponWith({ minOrderAmount: 5_000 }),
    happens: placedUnseen,
  },
  {
    title: 'Order: late answer',
    caption:
      "The wallet has debited, and its reply does not arrive before the saga's deadline. The client is told that the order is pending; the debit is refunded with everything else, and the late reply changes nothing.",
    happens(run) {
      run.place({ looks: false });
      run.deliver('order.place', reserve, REPLIES);
      run.deliverHolding(debit);
      run.sequence.note('gateway', 'the client has waited long enough');
      run.placeWithoutWait();
      run.deliver('order.place');
      run.wait(PAST_DEADLINE_MS, 'deadline over');
      run.settle();
      run.release();
      run.settle();
      run.sequence.note('order', 'changes nothing');
    },
  },
  {
    title: 'Order: an undo that overtakes its action',
    caption:
      'The command to reserve stock is stuck on its way. The undo finds nothing to release and leaves a tombstone, which refuses the action when it arrives.',
    happens(run) {
      run.place({ looks: false });
      run.deliver('order.place');
      run.sequence.note('catalog', 'the command is stuck on its way');
      run.wait(PAST_DEADLINE_MS, 'deadline over');
      run.deliver(releaseStock.type, REPLIES);
      run.sequence.note('catalog', 'the command arrives');
      run.settle();
    },
  },
  {
    title: 'Order: asked again under the same key',
    caption: 'The second request is answered as the first one, and nobody is commanded again.',
    happens(run) {
      placedUnseen(run);
      placedUnseen(run);
    },
  },
  {
    title: 'Cancellation',
    caption: 'All undos at once; the order is cancelled when the last one is answered.',
    wish: withCoupon,
    happens(run) {
      placedUnseen(run);
      run.cancel();
      run.settle();
    },
  },
];

/** The messages of a case, as a diagram. */
export function orderDiagram(routes: readonly PrintedRoute[], one: OrderCase): string {
  const run = new OrderRun(routes, one);
  one.happens(run);
  return run.sequence.diagram();
}
