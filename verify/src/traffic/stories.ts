import { setTimeout as pause } from 'node:timers/promises';
import { expected, type AnyService } from '@jangteo/testkit';
import type { Change } from '../validate/figures.js';
import { OPERATOR_STORIES } from './operator-stories.js';
import { asker, PAID, PATIENT, wanted, type Scene, type Story, type Wanted, type World } from './scene.js';

/** More than any customer here has. */
const UNAFFORDABLE = 1_000_000_000_000;

function orders(what: Wanted, status: number, change: Change): Story {
  return async (world) => ({
    call: asker(world, world.customer.token, ['POST', '/orders', await wanted(world, what)], PATIENT),
    status,
    change: { orders: 1, ...change },
  });
}

const SOLD: Change = { successes: 1, money: -PAID, stock: -2, usedCoupons: 1 };

/** A step is not answered before the order's deadline, although it may have been taken. */
function givesUp(silent: AnyService): Story {
  return async (world) => ({
    call: asker(world, world.customer.token, ['POST', '/orders', await wanted(world)], {
      prefer: 'respond-async',
    }),
    status: 202,
    change: { orders: 1, failures: 1 },
    silent,
  });
}

function charges(paymentMethod: string, status: Scene['status'], money: number): Story {
  return async (world) => ({
    call: asker(world, world.customer.token, ['POST', '/balance/charge', { amount: 500, paymentMethod }]),
    status,
    change: { charges: 1, money },
  });
}

async function placed(world: World): Promise<string> {
  const answer = await world.shop.client.order(world.customer, await wanted(world), PATIENT);
  return expected(201, answer).orderId;
}

async function inCart(world: World, quantity: number): Promise<string> {
  const { productId } = await world.shop.client.createProduct({ price: 1_000, stock: 10 });
  const { token } = world.customer;
  expected(200, await world.shop.client.post('/cart/add', { productId, quantity }, { token }));
  return productId;
}

const changesPrice: Story = async (world) => {
  const { client } = world.shop;
  const { productId } = await client.createProduct({ price: 1_000, stock: 10 });
  await client.readProduct(productId);
  return {
    call: asker(world, world.admin, ['PATCH', `/products/${productId}`, { price: 1_200 }]),
    status: 200,
    change: { products: 0 },
    // Again once every word of the change has been heard.
    async check() {
      for (const waitMs of [0, 200]) {
        await pause(waitMs);
        const { price } = await client.readProduct(productId);
        if (price !== 1_200) throw new Error(`the product costs ${price} although it was changed to 1200`);
      }
    },
  };
};

/** By the name of the request that is made, or by what happens. */
export const STORIES: Readonly<Record<string, Story>> = {
  'an order': orders({}, 201, SOLD),
  'an order refused for stock': orders({ quantity: 11 }, 409, { failures: 1 }),
  'an order refused for its coupon': orders({ coupon: { minOrderAmount: 1_000_000 } }, 409, { failures: 1 }),
  'an order refused for money': orders({ price: UNAFFORDABLE }, 409, { failures: 1 }),
  'an order given up while stock is silent': givesUp('catalog'),
  'an order given up while coupons are silent': givesUp('coupon'),
  'an order given up while wallets are silent': givesUp('wallet'),
  'an order from the cart': async (world) => {
    await inCart(world, 2);
    return {
      call: asker(world, world.customer.token, ['POST', '/orders', { fromCart: true }], PATIENT),
      status: 201,
      change: { orders: 1, successes: 1, money: -2_000, stock: -2, unitsInCarts: -2 },
    };
  },
  'a cancellation': async (world) => ({
    call: asker(world, world.customer.token, ['POST', `/orders/${await placed(world)}/cancel`]),
    status: 200,
    change: { successes: -1, cancellations: 1, money: PAID, stock: 2, usedCoupons: -1 },
  }),
  'order.cancel': (world) => story('a cancellation')(world),
  'cart.add': async (world) => {
    const { productId } = await world.shop.client.createProduct({ price: 1_000, stock: 10 });
    return {
      call: asker(world, world.customer.token, ['POST', '/cart/add', { productId, quantity: 3 }]),
      status: 200,
      change: { unitsInCarts: 3 },
    };
  },
  'cart.remove': async (world) => {
    const path = `/cart/remove?productId=${await inCart(world, 3)}`;
    return {
      call: asker(world, world.customer.token, ['DELETE', path]),
      status: 200,
      change: { unitsInCarts: -3 },
    };
  },
  'catalog.create-product': async (world) => ({
    call: asker(world, world.admin, ['POST', '/products', { name: 'Tea pot', price: 1_000, stock: 10 }]),
    status: 201,
    change: { products: 1, stock: 10 },
  }),
  'catalog.change-product': changesPrice,
  'catalog.restock': async (world) => {
    const { productId } = await world.shop.client.createProduct();
    return {
      call: asker(world, world.admin, ['POST', `/products/${productId}/stock`, { quantity: 5 }]),
      status: 200,
      change: { stock: 5 },
    };
  },
  'catalog.add-option': async (world) => {
    const { productId } = await world.shop.client.createProduct();
    const draft = { name: 'Large', additionalPrice: 500, stock: 5 };
    return {
      call: asker(world, world.admin, ['POST', `/products/${productId}/options`, draft]),
      status: 201,
      change: { stock: 5 },
    };
  },
  'catalog.change-option': async (world) => {
    const options = ['M', 'L'].map((name) => ({ name, stock: 5 }));
    const product = await world.shop.client.createProduct({ options });
    const path = `/products/${product.productId}/options/${product.options[0]?.optionId}`;
    return {
      call: asker(world, world.admin, ['PATCH', path, { status: 'SUSPENDED' }]),
      status: 200,
      change: {},
    };
  },
  'cart.set': async (world) => {
    const productId = await inCart(world, 3);
    return {
      call: asker(world, world.customer.token, ['PUT', '/cart/items', { productId, quantity: 1 }]),
      status: 200,
      change: { unitsInCarts: -2 },
    };
  },
  'cart.clear': async (world) => {
    // Somebody whose cart has nothing else.
    const customer = await world.shop.client.register();
    await inCart({ ...world, customer }, 3);
    return {
      call: asker(world, customer.token, ['DELETE', '/cart']),
      status: 200,
      change: { unitsInCarts: -3 },
    };
  },
  'coupon.change-terms': async (world) => {
    const { couponId } = await world.shop.client.createCoupon();
    return {
      call: asker(world, world.admin, ['PATCH', `/coupons/${couponId}`, { totalQuantity: 7 }]),
      status: 200,
      change: {},
    };
  },
  'coupon.give': async (world) => {
    const { couponId } = await world.shop.client.createCoupon();
    const { userId } = world.customer;
    return {
      call: asker(world, world.admin, ['POST', `/admin/coupons/${couponId}/issues`, { userId }]),
      status: 201,
      change: { issued: 1 },
    };
  },
  'coupon.take-back': async (world) => {
    const { client } = world.shop;
    const { couponId } = await client.createCoupon();
    const { userCouponId } = await client.issue(world.customer, couponId);
    return {
      call: asker(world, world.admin, ['DELETE', `/admin/user-coupons/${userCouponId}`]),
      status: 204,
      change: {},
    };
  },
  'wallet.adjust': async (world) => {
    const path = `/admin/users/${world.customer.userId}/balance`;
    return {
      call: asker(world, world.admin, ['POST', path, { amount: -200, reason: 'A test' }]),
      status: 201,
      change: { money: -200 },
    };
  },
  'coupon.create': async (world) => {
    const draft = { name: 'Spring', discountType: 'FIXED', discountValue: 300, totalQuantity: 3 };
    return {
      call: asker(world, world.admin, ['POST', '/coupons', draft]),
      status: 201,
      change: { coupons: 1 },
    };
  },
  'coupon.change': async (world) => {
    const { couponId } = await world.shop.client.createCoupon();
    const path = `/coupons/${couponId}`;
    return {
      call: asker(world, world.admin, ['PATCH', path, { status: 'SUSPENDED' }]),
      status: 200,
      change: {},
    };
  },
  'coupon.issue': async (world) => {
    const { couponId } = await world.shop.client.createCoupon();
    return {
      call: asker(world, world.customer.token, ['POST', `/coupons/${couponId}/issue`]),
      status: 201,
      change: { issued: 1 },
    };
  },
  'wallet.charge': charges('tok_ok', 200, 500),
  'a charge that is declined': charges('tok_declined', 402, 0),
  'a charge of unknown outcome': charges('tok_unknown', [202, 200], 500),
  ...OPERATOR_STORIES,
};

/** @throws Error for a message that nobody has told how to make pass */
export function story(name: string): Story {
  const found = STORIES[name];
  if (found === undefined) throw new Error(`there is no story of ${name}: verify/src/traffic/stories.ts`);
  return found;
}
