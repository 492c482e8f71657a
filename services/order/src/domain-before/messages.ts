import type { Outcome, Refusal, ReservedLine } from '@jangteo/contracts';
import type { CommandName, Trace, Waiter } from './order.js';

/** What a saga can be told, and what comes with it. */
interface Contents {
  stockReserved: { readonly value: { readonly items: ReservedLine[]; readonly subtotal: number } };
  stockRefused: { readonly refusal: Refusal };
  couponUsed: { readonly value: { readonly discount: number } };
  couponRefused: { readonly refusal: Refusal };
  walletDebited: object;
  walletRefused: { readonly refusal: Refusal };
  stockReleased: object;
  couponReleased: object;
  walletRefunded: object;
  /** The sweeper found it waiting, its deadline not yet over. */
  silence: object;
  /** The sweeper found it waiting after its deadline. */
  deadline: object;
  /** The order was placed again under the same operation key, by somebody who waits or not. */
  placedAgain: { readonly waiter: Waiter | undefined };
  cancel: {
    readonly waiter: Waiter | undefined;
    /** Only if the order is this user's. */
    readonly userId: string | undefined;
    /** A role. */
    readonly cancelledBy: string;
    readonly actorId?: string | undefined;
    readonly trace: Trace;
  };
}

export type Signal = keyof Contents;
export type MessageOf<S extends Signal> = { readonly signal: S; readonly orderId: string } & Contents[S];
export type SagaMessage = { [S in Signal]: MessageOf<S> }[Signal];

const ANSWERS = {
  ReserveStock: { done: 'stockReserved', refused: 'stockRefused' },
  UseCoupon: { done: 'couponUsed', refused: 'couponRefused' },
  DebitWallet: { done: 'walletDebited', refused: 'walletRefused' },
  ReleaseStock: { done: 'stockReleased', refused: undefined },
  ReleaseCoupon: { done: 'couponReleased', refused: undefined },
  RefundWallet: { done: 'walletRefunded', refused: undefined },
} as const satisfies Record<CommandName, { done: Signal; refused: Signal | undefined }>;

/**
 * What the answer to a command tells the saga. The outcome was checked against the command's contract.
 * @throws Error when an undo was refused, which no contract allows
 */
export function messageOfReply(command: CommandName, orderId: string, outcome: Outcome): SagaMessage {
  const { done, refused } = ANSWERS[command];
  if (outcome.ok) return { signal: done, orderId, value: outcome.value } as SagaMessage;
  if (refused === undefined) throw new Error(`${command} was refused: ${outcome.refusal.code}`);
  return { signal: refused, orderId, refusal: outcome.refusal };
}
