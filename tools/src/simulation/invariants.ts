import { isFinal, type Saga } from '@jangteo/order/domain';
import { demand } from './violation.js';
import type { World } from './world.js';

type Check = (world: World) => void;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function sagasOf(world: World): Saga[] {
  return [...world.order.sagas.values()];
}

/** The lives that an order may have. */
const LIVES = ['PENDING SUCCESS', 'PENDING FAILED', 'PENDING SUCCESS CANCELLED'];

const everyOrderEnds: Check = (world) => {
  for (const { order, state, awaits, owedEvents } of sagasOf(world)) {
    demand(isFinal(state), 'every order ends', () => `${order.orderId} is ${state}`);
    const owed = [...awaits, ...owedEvents];
    demand(owed.length === 0, 'every order ends', () => `${order.orderId} still owes ${owed.join(', ')}`);
  }
};

/** Each order took its total once and, unless it succeeded, gave it back once. */
const moneyIsConserved: Check = ({ wallet, order, scenario }) => {
  for (const { userId, balance, movements } of wallet.allWallets()) {
    const rows = wallet.ledger.filter((row) => row.userId === userId);
    const booked = (scenario.balances[userId] ?? 0) + sum(rows.map(({ amount }) => amount));
    demand(balance === booked, 'money', () => `${userId} has ${balance}, by the ledger ${booked}`);
    demand(movements === rows.length, 'money', () => `${userId}'s ledger has ${rows.length} of ${movements}`);
  }
  const strays = wallet.ledger.filter(({ orderId = '' }) => !order.sagas.has(orderId));
  demand(strays.length === 0, 'money', () => `${strays[0]?.orderId} paid, and is no order`);
  for (const { order: placed } of order.sagas.values()) {
    const rows = wallet.rowsOf(placed.orderId);
    const net = sum(rows.map(({ amount }) => amount));
    const due = placed.status === 'SUCCESS' ? -(placed.total ?? NaN) : 0;
    const booked = () => rows.map(({ type, amount }) => `${type} ${amount}`).join(', ') || 'nothing';
    demand(
      net === due,
      'money',
      () => `${placed.orderId} is ${placed.status} of ${placed.total}, its wallet moved by ${booked()}`,
    );
  }
};

/** What came in is what is left and what successful orders took. */
const stockIsConserved: Check = ({ catalog, order, scenario }) => {
  for (const { optionId, stock: before } of scenario.options) {
    const { stock } = catalog.option(optionId);
    const taken = sum(
      catalog.reservations
        .filter((held) => held.optionId === optionId && !held.isReleased)
        .map(({ quantity }) => quantity),
    );
    demand(
      before === stock + taken,
      'stock',
      () => `of ${before} ${optionId}, ${stock} left, ${taken} taken`,
    );
  }
  for (const { order: placed } of order.sagas.values()) {
    const held = catalog.heldBy(placed.orderId).map((one) => `${one.quantity} ${one.optionId}`);
    const sold = placed.items.map((item) => `${item.quantity} ${item.optionId}`);
    const due = placed.status === 'SUCCESS' ? sold : [];
    demand(
      held.toSorted().join() === due.toSorted().join(),
      'stock',
      () =>
        `${placed.orderId} is ${placed.status}${due.length > 0 ? ` of ${due.join(', ')}` : ''} and holds ${held.join(', ') || 'nothing'}`,
    );
  }
};

/** A coupon is used by the successful order that has its discount, and by none else. */
const couponsAreExact: Check = ({ coupon, order }) => {
  for (const { userCouponId, orderId } of coupon.userCoupons()) {
    const isSold = orderId === null || order.sagas.get(orderId)?.state === 'SUCCESS';
    demand(isSold, 'coupons', () => `${userCouponId} stays used by ${orderId}, which did not succeed`);
  }
  for (const { order: placed } of order.sagas.values()) {
    const used = coupon.usedBy(placed.orderId).map((use) => `${use.userCouponId} for ${use.discount}`);
    const isDue = placed.status === 'SUCCESS' && placed.userCouponId !== null;
    const due = isDue ? [`${placed.userCouponId} for ${placed.discount}`] : [];
    demand(
      used.join() === due.join(),
      'coupons',
      () => `${placed.orderId} is ${placed.status} and uses ${used.join(', ') || 'none'}`,
    );
  }
};

const amountsAddUp: Check = (world) => {
  for (const { order } of sagasOf(world)) {
    const { orderId, items, subtotal, discount, total, expectedTotal } = order;
    if (order.status === 'FAILED') continue;
    const priced = sum(items.map(({ price, quantity }) => price * quantity));
    const isSum = subtotal === priced && total === priced - (discount ?? NaN);
    demand(isSum, 'amounts', () => `${orderId}: ${priced} less ${discount} is not ${total}`);
    const isAgreed = expectedTotal === null || expectedTotal === total;
    demand(isAgreed, 'amounts', () => `${orderId} costs ${total}, and ${expectedTotal} was agreed to`);
  }
};

/** Successful orders took what they bought out of the cart, once; a failure took nothing. */
const cartsAreExact: Check = ({ order, scenario }) => {
  for (const { userId, optionId, quantity } of scenario.cart) {
    const bought = [...order.sagas.values()]
      .filter((saga) => saga.order.fromCart && saga.order.userId === userId && saga.state !== 'FAILED')
      .flatMap((saga) => saga.order.lines.filter((line) => line.optionId === optionId));
    const taken = sum(bought.map((line) => line.quantity));
    const left = sum(
      order.lines
        .filter((line) => line.userId === userId && line.optionId === optionId)
        .map((line) => line.quantity),
    );
    demand(
      quantity === left + taken,
      'carts',
      () => `of ${quantity} ${optionId}, ${left} left, ${taken} bought`,
    );
  }
};

/** Each key has one answer, for whoever asks and however often. */
const answersStay: Check = ({ clients, order }) => {
  for (const { key, answers } of clients.all()) {
    const [first, second] = answers;
    demand(second === undefined, 'answers stay', () => `${key} was answered ${first}, then ${second}`);
    if (first === undefined) {
      demand(!key.startsWith('place'), 'every client is answered', () => `${key} was never answered`);
      continue;
    }
    const answer = JSON.parse(first) as { ok: boolean; value?: { orderId: string } };
    if (!answer.ok) continue;
    const state = order.sagas.get(answer.value?.orderId ?? '')?.state;
    demand(state !== undefined, 'answers stay', () => `${key} was answered with an order that is not there`);
    const isKept = !key.startsWith('cancel') || state === 'CANCELLED';
    demand(isKept, 'answers stay', () => `${key} was answered with yes, and the order is ${state}`);
  }
};

/** Two requests under one key are one order. */
const keysPlaceOnce: Check = ({ order, scenario }) => {
  for (const { name } of scenario.orders) {
    const placed = [...order.sagas.keys()].filter((orderId) => orderId.startsWith(name));
    demand(placed.length < 2, 'answers stay', () => `one request has placed ${placed.join(' and ')}`);
  }
};

const historiesAreWhole: Check = ({ order }) => {
  const rowsOf = Map.groupBy(order.history, ({ orderId }) => orderId);
  for (const { order: placed, historyLength } of order.sagas.values()) {
    const rows = rowsOf.get(placed.orderId) ?? [];
    const isDense = rows.length === historyLength && rows.every(({ seq }, index) => seq === index + 1);
    demand(isDense, 'history', () => `${placed.orderId} has rows ${rows.map(({ seq }) => seq).join(', ')}`);
    const statuses = rows.map(({ orderStatus }) => orderStatus);
    const life = statuses.filter((status, index) => status !== statuses[index - 1]).join(' ');
    demand(LIVES.includes(life), 'history', () => `${placed.orderId} went through ${life}`);
    demand(
      life.endsWith(placed.status),
      'history',
      () => `${placed.orderId} is ${placed.status} after ${life}`,
    );
  }
};

/** The ranking and the data platform know of every success and every cancellation, once. */
const readersAgree: Check = ({ order, ranking }) => {
  const ended = [...order.sagas.values()].filter(({ state }) => state !== 'FAILED');
  for (const productId of ['cup', 'shirt']) {
    const unitsOf = (sagas: readonly Saga[]): number => {
      const items = sagas.flatMap((saga) => saga.order.items);
      return sum(items.map((item) => (item.productId === productId ? item.quantity : 0)));
    };
    const [sold, cancelled] = [unitsOf(ended), unitsOf(ended.filter(({ state }) => state === 'CANCELLED'))];
    const heard = [ranking.sold.get(productId) ?? 0, ranking.cancelled.get(productId) ?? 0];
    const isHeard = heard[0] === sold && heard[1] === cancelled;
    const counted = () => `the ranking has ${heard.join(' and ')} ${productId} sold and cancelled`;
    demand(isHeard, 'readers agree', () => `${counted()}, the orders ${sold} and ${cancelled}`);
  }
  for (const { order: placed, state } of order.sagas.values()) {
    const entries = order.entries.filter(({ orderId }) => orderId === placed.orderId).map(({ type }) => type);
    const due = { SUCCESS: 1, CANCELLED: 2 }[state as string] ?? 0;
    const isDue = entries.join() === ['order.completed', 'order.cancelled'].slice(0, due).join();
    demand(isDue, 'readers agree', () => `the data platform gets ${entries.join() || 'none'} of a ${state}`);
  }
};

/**
 * Wherever an undo was decided, its action was decided or is barred for ever.
 * @throws Violation where it may yet come late and take effect
 */
export function checkTombstones({ order, catalog, coupon, wallet }: World): void {
  for (const orderId of order.sagas.keys()) {
    const pairs = [
      [catalog.outcomes, 'release-stock', 'reserve-stock'],
      [coupon.outcomes, 'release', 'use'],
      [wallet.outcomes, 'refund', 'debit'],
    ] as const;
    for (const [outcomes, undo, action] of pairs) {
      const isBarred =
        outcomes.of(`${orderId}/${undo}`) === undefined || outcomes.of(`${orderId}/${action}`) !== undefined;
      demand(isBarred, 'tombstones', () => `${undo} of ${orderId} left no word for a late ${action}`);
    }
  }
}

/** Those that customers notice come first. */
const CHECKS: readonly Check[] = [
  moneyIsConserved,
  stockIsConserved,
  couponsAreExact,
  amountsAddUp,
  cartsAreExact,
  everyOrderEnds,
  keysPlaceOnce,
  answersStay,
  readersAgree,
  historiesAreWhole,
];

/**
 * Checks every promise in a world that has come to rest.
 * @throws Violation for the first one that is broken
 */
export function checkPromises(world: World): void {
  for (const check of CHECKS) check(world);
}
