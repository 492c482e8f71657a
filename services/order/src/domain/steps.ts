import {
  debitWallet,
  refundWallet,
  releaseCoupon,
  releaseStock,
  reserveStock,
  useCoupon,
  type CommandContract,
  type OrderTerms,
  type PayloadOf,
  type ValueOf,
} from '@jangteo/contracts';
import type { Order } from './order.js';

/** A command to a participant. Its name is stored, and shown in histories. */
interface CommandOf<N extends string, C extends CommandContract = CommandContract> {
  readonly name: N;
  readonly contract: C;
  /** Depends on what is stored alone, so that a repeat says the same. */
  payload(order: Order, terms: OrderTerms | null): PayloadOf<C>;
}

/** By what an order's steps are told. */
type Need = Pick<Order, 'userCouponId' | 'total'>;

interface StepOf<S extends string, N extends string> {
  /** The state in which the answer to the action is awaited. */
  readonly state: S;
  readonly action: CommandOf<N>;
  /** Owed from the moment the action is sent. */
  readonly undo: CommandOf<N>;
  /** Tells whether this order takes the step. */
  isNeeded(order: Need): boolean;
  /** Returns the order with what the action's success tells. */
  learn(order: Order, value: unknown): Order;
}

/** Declares a step. Its payloads, and the value of a success, have the types of the contracts. */
function step<
  const S extends string,
  const A extends string,
  const U extends string,
  AC extends CommandContract,
  UC extends CommandContract,
>(declared: {
  readonly state: S;
  readonly action: CommandOf<A, AC>;
  readonly undo: CommandOf<U, UC>;
  isNeeded(order: Need): boolean;
  learn(order: Order, value: ValueOf<AC>): Order;
}): StepOf<S, A | U> {
  return declared;
}

const stockOf = ({ orderId, lines }: Order) => ({ orderId, items: [...lines] });
const couponOf = ({ orderId, userId, userCouponId }: Order) => ({
  orderId,
  userId,
  userCouponId: known(userCouponId, 'the coupon'),
});
const moneyOf = ({ orderId, userId, total }: Order) => ({
  orderId,
  userId,
  amount: known(total, 'the total'),
});

/** The steps of an order in their order. All others know them from `SAGA_STEPS` of the contracts; a test compares. */
export const STEPS = [
  step({
    state: 'RESERVING_STOCK',
    action: {
      name: 'ReserveStock',
      contract: reserveStock,
      payload: (order, terms) => ({ ...stockOf(order), ...(terms === null ? {} : { terms }) }),
    },
    undo: { name: 'ReleaseStock', contract: releaseStock, payload: stockOf },
    isNeeded: () => true,
    learn: (order, { items, subtotal }) =>
      withTotal({ ...order, items, subtotal, discount: order.userCouponId === null ? 0 : null }),
  }),
  step({
    state: 'USING_COUPON',
    action: {
      name: 'UseCoupon',
      contract: useCoupon,
      payload: (order) => ({ ...couponOf(order), subtotal: known(order.subtotal, 'the subtotal') }),
    },
    undo: { name: 'ReleaseCoupon', contract: releaseCoupon, payload: couponOf },
    isNeeded: ({ userCouponId }) => userCouponId !== null,
    learn: (order, { discount }) => withTotal({ ...order, discount }),
  }),
  step({
    state: 'DEBITING_WALLET',
    action: { name: 'DebitWallet', contract: debitWallet, payload: moneyOf },
    undo: { name: 'RefundWallet', contract: refundWallet, payload: moneyOf },
    isNeeded: ({ total }) => total !== 0,
    learn: (order) => order,
  }),
] as const;

export type Step = (typeof STEPS)[number];
export type StepState = Step['state'];
export type Command = Step['action' | 'undo'];
export type CommandName = Command['name'];

export const COMMANDS: readonly Command[] = STEPS.flatMap(({ action, undo }) => [action, undo]);

/**
 * Finds a command by its name, or by the type of its messages.
 * @throws Error for what is no command of the saga, or one of a later release
 */
export function commandOf(word: string): Command {
  const command = COMMANDS.find(({ name, contract }) => name === word || contract.type === word);
  return known(command ?? null, `the command ${word}`);
}

/** Tells whether the answer to a step is awaited in this state. */
export function isStepState(state: string): state is StepState {
  return STEPS.some((each) => each.state === state);
}

/** The steps that an order takes, as far as is known yet. */
export function stepsOf(order: Need): Step[] {
  return STEPS.filter((each) => each.isNeeded(order));
}

/** The undos of steps, the last step's first. */
export function undosOf(steps: readonly Step[]): CommandName[] {
  return steps.map(({ undo }) => undo.name).reverse();
}

function known<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`${what} is not known`);
  return value;
}

/**
 * The amount to pay, in minor units.
 *
 * @throws RangeError when an amount is no exact one or the discount exceeds the subtotal: a participant
 *         broke its promise, and the order must not go on with a guess
 */
export function totalOf(subtotal: number, discount: number): number {
  const isSound = Number.isSafeInteger(subtotal) && Number.isSafeInteger(discount);
  if (!isSound || discount < 0 || discount > subtotal) {
    throw new RangeError(`a discount of ${discount} on a subtotal of ${subtotal}`);
  }
  return subtotal - discount;
}

/** Adds the total, which is known once the discount is. */
function withTotal(order: Order): Order {
  const { subtotal, discount } = order;
  return { ...order, total: discount === null ? null : totalOf(known(subtotal, 'the subtotal'), discount) };
}

/** Tells whether the customer agreed to another total than the one that came out. */
export function isPriceOther({ expectedTotal, total }: Pick<Order, 'expectedTotal' | 'total'>): boolean {
  return total !== null && expectedTotal !== null && total !== expectedTotal;
}
