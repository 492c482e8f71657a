import { describe, expect, it } from '@jest/globals';
import { PROMISES, type PromiseName } from '@jangteo/contracts';
import type { Saga } from '@jangteo/order/domain';
import { checkPromises } from './invariants.js';
import { PRODUCT } from './product.js';
import { runSeed } from './run.js';
import type { World } from './world.js';

/** A change to the tables of the model, and the promise that it breaks. */
interface Forgery {
  readonly name: string;
  readonly forge: (world: World) => void;
  readonly promise: PromiseName;
  readonly found: RegExp;
}

/** A history with a success that has a coupon, one from a cart, and a cancellation. */
function richSeed(): number {
  for (let seed = 1; seed < 2_000; seed += 1) {
    const orders = [...runSeed(seed, PRODUCT).world.order.sagas.values()].map(({ order }) => order);
    const isRich =
      orders.some(({ status, userCouponId }) => status === 'SUCCESS' && userCouponId !== null) &&
      orders.some(({ status }) => status === 'CANCELLED') &&
      orders.some(({ status, fromCart }) => status === 'SUCCESS' && fromCart);
    if (isRich) return seed;
  }
  throw new Error('there is no such history');
}

const SEED = richSeed();

/** Changes the first success. */
function forgeOrder({ order: desk }: World, change: (saga: Saga) => Saga): void {
  const saga = [...desk.sagas.values()].find(({ state }) => state === 'SUCCESS')!;
  desk.sagas.set(saga.order.orderId, change(saga));
}

const withOrder = (change: Partial<Saga['order']>) => (saga: Saga) =>
  ({ ...saga, order: { ...saga.order, ...change } }) as Saga;

const FORGERIES: readonly Forgery[] = [
  {
    name: 'an order that has not ended',
    forge: (world) => forgeOrder(world, (saga) => ({ ...saga, awaits: ['DebitWallet'] }) as Saga),
    promise: 'orders',
    found: /still owes DebitWallet/,
  },
  {
    name: 'a saga that says something else than its order',
    forge: (world) => forgeOrder(world, (saga) => ({ ...saga, state: 'CANCELLED' }) as Saga),
    promise: 'orders',
    found: /status that it says; but \S+ is CANCELLED/,
  },
  {
    name: 'a history with a gap',
    forge: ({ order }) => order.history.splice(1, 1),
    promise: 'orders',
    found: /has rows/,
  },
  {
    name: 'money that came from nowhere',
    forge: ({ wallet }) => {
      const [row] = wallet.ledger.splice(0, 1);
      wallet.ledger.push({ ...row!, amount: row!.amount + 1 });
    },
    promise: 'money',
    found: /by the ledger/,
  },
  {
    name: 'a payment that was lost, with the wallet in order',
    forge: ({ wallet, scenario }) => {
      const row = wallet.ledger.findLast(({ type }) => type === 'PAYMENT')!;
      wallet.ledger.splice(wallet.ledger.indexOf(row), 1);
      const its = wallet.allWallets().find(({ userId }) => userId === row.userId)!;
      Object.assign(its, { movements: its.movements - 1 });
      Object.assign(scenario.balances, { [row.userId]: scenario.balances[row.userId]! + row.amount });
    },
    promise: 'money',
    found: /paid once.*undefined in the books of wallet|moved by REFUND/,
  },
  {
    name: 'stock that nobody holds',
    forge: ({ catalog }) => catalog.reservations.splice(0, catalog.reservations.length),
    promise: 'stock',
    found: /taken/,
  },
  {
    name: 'an order that bought more than it holds',
    forge: (world) =>
      forgeOrder(world, (saga) =>
        withOrder({ items: saga.order.items.map((item) => ({ ...item, quantity: item.quantity + 1 })) })(
          saga,
        ),
      ),
    promise: 'stock',
    found: /Stock is taken by successful orders/,
  },
  {
    name: 'a coupon that is free although it was redeemed',
    forge: ({ coupon }) =>
      Object.assign(
        coupon.userCoupons().find(({ orderId }) => orderId !== null)!,
        { orderId: null },
      ),
    promise: 'coupons',
    found: /is used by/,
  },
  {
    name: 'another discount than that of the coupon',
    forge: ({ coupon }) =>
      Object.assign(
        coupon.redemptions.findLast(({ isReleased }) => !isReleased)!,
        { discount: 1 },
      ),
    promise: 'prices',
    found: /is the discount of its coupon, and without one nothing; but/,
  },
  {
    name: 'a total that is no sum',
    forge: (world) => forgeOrder(world, (saga) => withOrder({ subtotal: 1 })(saga)),
    promise: 'prices',
    found: /less \d+ is not/,
  },
  {
    name: 'a price that the catalog has never said',
    forge: ({ catalog }) => {
      const { orderId } = catalog.reservations.findLast(({ isReleased }) => !isReleased)!;
      const answer = catalog.answerTo(orderId);
      Object.assign(answer, { items: answer.items.map((item) => ({ ...item, price: item.price + 1 })) });
    },
    promise: 'prices',
    found: /is what the catalog said; but/,
  },
  {
    name: 'a cart that was emptied by nobody',
    forge: ({ order, scenario }) => {
      order.lines = [];
      Object.assign(scenario, {
        cart: scenario.cart.map((line) => ({ ...line, quantity: line.quantity + 1 })),
      });
    },
    promise: 'carts',
    found: /left, \d+ bought/,
  },
  {
    name: 'a sale that was not counted',
    forge: ({ ranking }) => ranking.sold.set('cup', (ranking.sold.get('cup') ?? 0) + 1),
    promise: 'readers',
    found: /A recount of units/,
  },
  {
    name: 'a record that was never made',
    forge: ({ order }) => order.entries.pop(),
    promise: 'readers',
    found: /record for the data platform; but/,
  },
  {
    name: 'an answer that became another one',
    forge: ({ clients }) => {
      for (const { answers } of clients.all()) answers.add('{"ok":false}');
    },
    promise: 'repeats',
    found: /was answered/,
  },
];

describe('the promises in the model', () => {
  it('are kept by a world that nobody has harmed', () => {
    expect(runSeed(SEED, PRODUCT).violation).toBeUndefined();
  });

  it.each(FORGERIES)('find $name', ({ forge, promise, found }) => {
    const { world } = runSeed(SEED, PRODUCT);
    forge(world);
    expect(() => checkPromises(world)).toThrow(
      expect.objectContaining({ promise, detail: expect.stringMatching(found) }),
    );
  });

  it('have each been seen broken', () => {
    const seen = new Set(FORGERIES.map(({ promise }) => promise));
    expect(PROMISES.filter(({ name }) => !seen.has(name))).toEqual([]);
  });
});
