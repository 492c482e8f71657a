import type { AuditedService, ColumnOf, RestRuleOf, RuleOf } from '@jangteo/contracts';
import { isFinal, type Saga } from '@jangteo/order/domain';
import type { World } from './world.js';

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);

export const sagasOf = ({ order }: World): readonly Saga[] => [...order.sagas.values()];

const successes = (world: World): Saga['order'][] =>
  sagasOf(world)
    .map(({ order }) => order)
    .filter(({ status }) => status === 'SUCCESS');

/** The values of a column, by key. Two values of one key are both shown, since there may not be two. */
export type ModelColumn = (world: World) => ReadonlyMap<string, string>;

const column =
  (entriesOf: (world: World) => readonly (readonly [string, unknown])[]): ModelColumn =>
  (world) =>
    new Map(
      [...Map.groupBy(entriesOf(world), ([key]) => key)].map(([key, entries]) => [
        key,
        entries.map(([, value]) => String(value)).join(' and '),
      ]),
    );

const units = (sagas: readonly Saga[]): Map<string, number> => {
  const items = Map.groupBy(
    sagas.flatMap(({ order }) => order.items),
    ({ productId }) => productId,
  );
  return new Map([...items].map(([productId, its]) => [productId, sum(its.map(({ quantity }) => quantity))]));
};

const salesOf = (
  sold: ReadonlyMap<string, number>,
  cancelled: ReadonlyMap<string, number>,
): [string, string][] =>
  [...sold].map(([productId, count]) => [productId, `${count} less ${cancelled.get(productId) ?? 0}`]);

/** The steps of an order that has ended: that it was completed, and that it was cancelled. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  SUCCESS: ['completed'],
  CANCELLED: ['completed', 'cancelled'],
};

/** By service and column, as its books are in the model: see PROMISES. */
export const COLUMNS: { readonly [S in AuditedService]: Readonly<Record<ColumnOf<S>, ModelColumn>> } = {
  order: {
    orders: column((world) => sagasOf(world).map(({ order }) => [order.orderId, order.status])),
    sagas: column((world) => sagasOf(world).map(({ order, state }) => [order.orderId, state])),
    payments: column((world) =>
      successes(world).flatMap(({ orderId, userId, total }) =>
        total === 0 ? [] : [[`${userId}/${orderId}`, total] as const],
      ),
    ),
    stock: column((world) =>
      successes(world).flatMap(({ orderId, items }) =>
        items.map(({ optionId, quantity }) => [`${orderId}/${optionId}`, quantity] as const),
      ),
    ),
    prices: column((world) =>
      successes(world).flatMap(({ orderId, items, subtotal }) => [
        ...items.map(({ optionId, price }) => [`${orderId}/${optionId}`, price] as const),
        [orderId, subtotal] as const,
      ]),
    ),
    discounts: column((world) =>
      successes(world).flatMap(({ orderId, discount }) =>
        discount === 0 ? [] : [[orderId, discount] as const],
      ),
    ),
    coupons: column((world) =>
      successes(world).flatMap(({ orderId, userCouponId }) =>
        userCouponId === null ? [] : [[orderId, userCouponId] as const],
      ),
    ),
    steps: column((world) =>
      sagasOf(world).flatMap(({ order, state }) =>
        (STEPS[state] ?? []).map((step, place) => [`${order.orderId}/${step}`, place] as const),
      ),
    ),
    records: column(({ order }) =>
      [...Map.groupBy(order.entries, ({ orderId }) => orderId)].flatMap(([orderId, entries]) =>
        entries.map(({ type }, place) => [`${orderId}/${type.replace('order.', '')}`, place] as const),
      ),
    ),
    hours: column((world) => {
      const ended = sagasOf(world).filter(({ state }) => state in STEPS);
      return salesOf(units(ended), units(ended.filter(({ state }) => state === 'CANCELLED')));
    }),
  },
  wallet: {
    payments: column(({ wallet }) => {
      const ofOrders = Map.groupBy(wallet.ledger, ({ userId, orderId }) => `${userId}/${orderId}`);
      const nets = [...ofOrders].map(([key, rows]) => [key, -sum(rows.map(({ amount }) => amount))] as const);
      return nets.filter(([, net]) => net !== 0);
    }),
  },
  catalog: {
    stock: column(({ catalog }) =>
      catalog.reservations.flatMap(({ orderId, optionId, quantity, isReleased }) =>
        isReleased ? [] : [[`${orderId}/${optionId}`, quantity] as const],
      ),
    ),
    prices: column(({ catalog }) => {
      const held = catalog.reservations.filter(({ isReleased }) => !isReleased);
      return [...new Set(held.map(({ orderId }) => orderId))].flatMap((orderId) => {
        const { items, subtotal } = catalog.answerTo(orderId);
        const lines = items.map(({ optionId, price }) => [`${orderId}/${optionId}`, price] as const);
        return [...lines, [orderId, subtotal] as const];
      });
    }),
  },
  coupon: {
    discounts: column(({ coupon }) =>
      coupon.redemptions.flatMap(({ orderId, discount, isReleased }) =>
        isReleased || discount === 0 ? [] : [[orderId, discount] as const],
      ),
    ),
    coupons: column(({ coupon }) =>
      coupon.redemptions.flatMap(({ orderId, userCouponId, isReleased }) =>
        isReleased ? [] : [[orderId, userCouponId] as const],
      ),
    ),
  },
  ranking: {
    steps: column(({ ranking }) =>
      ranking
        .steps()
        .map(({ orderId, step }) => [`${orderId}/${step.toLowerCase()}`, step === 'COMPLETED' ? 0 : 1]),
    ),
    hours: column(({ ranking }) => salesOf(ranking.sold, ranking.cancelled)),
  },
};

/** Says what breaks a rule in a world that has come to rest; nothing where it is kept. */
export type ModelRule = (world: World) => readonly string[];

/** Nothing of what the rule is about is in the model. */
const NOT_SIMULATED: ModelRule = () => [];

const LIVES = ['PENDING SUCCESS', 'PENDING FAILED', 'PENDING SUCCESS CANCELLED'];

const histories: ModelRule = ({ order }) => {
  const rowsOf = Map.groupBy(order.history, ({ orderId }) => orderId);
  return [...order.sagas.values()].flatMap(({ order: { orderId, status }, historyLength }) => {
    const rows = rowsOf.get(orderId) ?? [];
    const isDense = rows.length === historyLength && rows.every(({ seq }, index) => seq === index + 1);
    const statuses = rows.map(({ orderStatus }) => orderStatus);
    const life = statuses.filter((one, index) => one !== statuses[index - 1]).join(' ');
    return [
      ...(isDense ? [] : [`${orderId} has rows ${rows.map(({ seq }) => seq).join(', ')}`]),
      ...(LIVES.includes(life) && life.endsWith(status) ? [] : [`${orderId} is ${status} after ${life}`]),
    ];
  });
};

const balances: ModelRule = ({ wallet, scenario }) =>
  wallet.allWallets().flatMap(({ userId, balance, movements }) => {
    const rows = wallet.ledger.filter((row) => row.userId === userId);
    const booked = (scenario.balances[userId] ?? 0) + sum(rows.map(({ amount }) => amount));
    return [
      ...(balance === booked ? [] : [`${userId} has ${balance}, by the ledger ${booked}`]),
      ...(movements === rows.length ? [] : [`${userId}'s ledger has ${rows.length} of ${movements}`]),
    ];
  });

const payments: ModelRule = ({ wallet }) =>
  [...Map.groupBy(wallet.ledger, ({ orderId }) => orderId)].flatMap(([orderId, rows]) => {
    const [payment, refund, ...more] = rows;
    const isSound =
      payment?.type === 'PAYMENT' &&
      more.length === 0 &&
      (refund === undefined || (refund.type === 'REFUND' && refund.amount === -payment.amount));
    const booked = rows.map(({ type, amount }) => `${type} ${amount}`).join(', ');
    return isSound ? [] : [`the wallet of ${orderId} moved by ${booked}`];
  });

const stock: ModelRule = ({ catalog, scenario }) =>
  scenario.options.flatMap(({ optionId, stock: before }) => {
    const { stock: left } = catalog.option(optionId);
    const held = catalog.reservations.filter((one) => one.optionId === optionId && !one.isReleased);
    const taken = sum(held.map(({ quantity }) => quantity));
    return before === left + taken && left >= 0
      ? []
      : [`of ${before} ${optionId}, ${left} left, ${taken} taken`];
  });

const usedCoupons: ModelRule = ({ coupon }) =>
  coupon.userCoupons().flatMap(({ userCouponId, orderId }) => {
    const uses = coupon.redemptions.filter((use) => use.userCouponId === userCouponId && !use.isReleased);
    const redeemed = uses.map((use) => use.orderId).join(', ');
    return redeemed === (orderId ?? '')
      ? []
      : [`${userCouponId} is used by ${orderId}, and redeemed by ${redeemed}`];
  });

const totals: ModelRule = (world) =>
  sagasOf(world).flatMap(({ order }) => {
    const { orderId, items, subtotal, discount, total, expectedTotal } = order;
    if (order.status === 'FAILED') return [];
    const priced = sum(items.map(({ price, quantity }) => price * quantity));
    const isSum = subtotal === priced && total === priced - (discount ?? NaN);
    const isAgreed = expectedTotal === null || expectedTotal === total;
    return [
      ...(isSum ? [] : [`${orderId}: ${priced} less ${discount} is not ${total}`]),
      ...(isAgreed ? [] : [`${orderId} costs ${total}, and ${expectedTotal} was agreed to`]),
    ];
  });

const sales: ModelRule = ({ ranking }) =>
  [...ranking.cancelled]
    .filter(([productId, cancelled]) => cancelled > (ranking.sold.get(productId) ?? 0))
    .map(([productId, cancelled]) => `${cancelled} ${productId} are cancelled, and fewer sold`);

const progress: ModelRule = (world) =>
  sagasOf(world).flatMap(({ order: { orderId }, state, awaits, owedEvents }) => [
    ...(isFinal(state) ? [] : [`${orderId} is ${state}`]),
    ...[...awaits, ...owedEvents].map((owed) => `${orderId} still owes ${owed}`),
  ]);

/** Successful orders took what they bought out of the cart, once; a failure took nothing. */
const carts: ModelRule = ({ order, scenario }) =>
  scenario.cart.flatMap(({ userId, optionId, quantity }) => {
    const bought = [...order.sagas.values()]
      .filter((saga) => saga.order.fromCart && saga.order.userId === userId && saga.state !== 'FAILED')
      .flatMap((saga) => saga.order.lines.filter((line) => line.optionId === optionId));
    const left = order.lines.filter((line) => line.userId === userId && line.optionId === optionId);
    const [gone, there] = [bought, left].map((lines) => sum(lines.map((line) => line.quantity)));
    return quantity === gone! + there! ? [] : [`of ${quantity} ${optionId}, ${there} left, ${gone} bought`];
  });

/** By service and rule, as its books are in the model: see PROMISES. */
export const RULES: {
  readonly [S in AuditedService]: Readonly<Record<RuleOf<S> | RestRuleOf<S>, ModelRule>>;
} = {
  wallet: { balances, payments, charges: NOT_SIMULATED },
  catalog: { stock },
  coupon: { 'issued-coupons': NOT_SIMULATED, 'used-coupons': usedCoupons },
  order: { progress, history: histories, totals, carts },
  ranking: { sales, statistics: NOT_SIMULATED },
};
