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
} from '@jangteo/contracts';
import type { CommandName, Order, StepState } from './order.js';

interface Command {
  readonly contract: CommandContract;
  /** A function of what is stored alone, so that a repeat says the same. */
  payloadOf(order: Order, terms: OrderTerms | null): unknown;
}

function command<C extends CommandContract>(
  contract: C,
  payloadOf: (order: Order, terms: OrderTerms | null) => PayloadOf<C>,
): Command {
  return { contract, payloadOf };
}

function known<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`${what} is not known yet`);
  return value;
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

/** The saga's commands and what they say. */
export const COMMANDS: Record<CommandName, Command> = {
  ReserveStock: command(reserveStock, (order, terms) => ({
    ...stockOf(order),
    ...(terms === null ? {} : { terms }),
  })),
  ReleaseStock: command(releaseStock, stockOf),
  UseCoupon: command(useCoupon, (order) => ({
    ...couponOf(order),
    subtotal: known(order.subtotal, 'the subtotal'),
  })),
  ReleaseCoupon: command(releaseCoupon, couponOf),
  DebitWallet: command(debitWallet, moneyOf),
  RefundWallet: command(refundWallet, moneyOf),
};

const NAMES = new Map(Object.entries(COMMANDS).map(([name, { contract }]) => [contract.type, name]));

/**
 * The command that a reply answers.
 * @throws Error for what is no command of the saga
 */
export function commandNamed(type: string): CommandName {
  return known((NAMES.get(type) as CommandName | undefined) ?? null, `the command ${type}`);
}

/** Each step beside its undo, which is owed from the moment the step is sent. */
export const STEPS = {
  RESERVING_STOCK: { action: 'ReserveStock', undo: 'ReleaseStock' },
  USING_COUPON: { action: 'UseCoupon', undo: 'ReleaseCoupon' },
  DEBITING_WALLET: { action: 'DebitWallet', undo: 'RefundWallet' },
} as const satisfies Record<StepState, { action: CommandName; undo: CommandName }>;

/** The steps that an order goes through: no coupon, no UseCoupon; nothing to pay, no DebitWallet. */
export function stepsOf({ userCouponId, total }: Pick<Order, 'userCouponId' | 'total'>): StepState[] {
  const steps: StepState[] = ['RESERVING_STOCK'];
  if (userCouponId !== null) steps.push('USING_COUPON');
  if (total !== 0) steps.push('DEBITING_WALLET');
  return steps;
}

/** The undos of steps, the last step's first. */
export function undosOf(steps: readonly StepState[]): CommandName[] {
  return steps.map((step) => STEPS[step].undo).reverse();
}
