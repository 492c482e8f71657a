import { z } from 'zod';
import { actorId, cursor, id, instant, LOOKS_MAX, operation, page } from './ids.js';
import { command, request } from './message.js';
import { money, signedMoney } from './money.js';
import { onOneLine } from './text.js';

const userId = '01920000-0000-7000-8000-000000000001';
const orderId = '01920000-0000-7000-8000-0000000000a1';
const adminId = '01920000-0000-7000-8000-000000000009';
const transactionId = '01920000-0000-7000-8000-0000000000e1';
const chargeId = '01920000-0000-7000-8000-0000000000c1';

export const transactionType = z.enum(['CHARGE', 'PAYMENT', 'REFUND', 'ADJUSTMENT']);

/** A row of a wallet's ledger as users read it; `amount` is signed, newest first in lists. */
export const walletTransaction = z.object({
  transactionId: id,
  transactionType,
  amount: signedMoney,
  balanceBefore: money,
  balanceAfter: money,
  orderId: id.optional(),
  /** Of an adjustment: why, and who made it. */
  reason: z.string().optional(),
  actorId: id.optional(),
  createdAt: instant,
});

/** The status of a charge. */
export const chargeStatus = z.enum(['PENDING', 'SUCCEEDED', 'DECLINED']);

/** An amount by which a balance is put right, and why. */
export const adjustment = z.strictObject({
  amount: signedMoney
    .refine((amount) => amount !== 0, { message: 'must not be 0' })
    .meta({ not: { const: 0 } }),
  reason: onOneLine(z.string().trim().min(1).max(200)),
});

/** The largest amount of one charge where a shop is not set up otherwise, in minor units. */
export const CHARGE_MAX_USUAL = 100_000_000_000;

/** The means of payment for a charge, as the payment provider calls it: a token, never a card number. */
export const paymentMethod = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]*$/, 'must be a token of printable ASCII characters');

/** A payment into a wallet; PENDING until the payment provider's answer is known. */
export const charge = z.object({
  chargeId: id,
  amount: money.min(1),
  status: chargeStatus,
  createdAt: instant,
  actorId: actorId.describe('Who had it made, where that was not its user.'),
});

/** The answer to a charge whose payment was taken. */
export const succeededCharge = z.object({
  userId: id,
  currentBalance: money,
  chargeId: id,
  status: z.literal('SUCCEEDED'),
});

/** The answer to a charge whose payment's outcome is not known yet. */
export const pendingCharge = z.object({ chargeId: id, status: z.literal('PENDING') });

export const chargeWallet = request({
  type: 'wallet.charge',
  service: 'wallet',
  summary:
    "Takes a payment and credits it to a user's wallet. `chargeId` is the caller's; the amount's upper bound is the wallet's. PENDING says that the payment's outcome is not known yet: it is found out, and credited once or not at all.",
  payload: z.object({
    operation,
    chargeId: id,
    userId: id,
    amount: money.min(1),
    paymentMethod: paymentMethod.optional(),
    actorId,
  }),
  value: z.discriminatedUnion('status', [succeededCharge, pendingCharge]),
  refusals: [
    'BALANCE_LIMIT_EXCEEDED',
    'PAYMENT_DECLINED',
    'RATE_LIMITED',
    'VALIDATION_FAILED',
    'IDEMPOTENCY_KEY_REUSED',
    'IDEMPOTENCY_KEY_IN_USE',
  ],
  example: {
    payload: {
      operation: { key: chargeId, fingerprint: '' },
      chargeId,
      userId,
      amount: 50_000,
      paymentMethod: 'tok_ok',
      actorId: userId,
    },
    value: { userId, currentBalance: 50_000, chargeId, status: 'SUCCEEDED' },
  },
});

export const readCharge = request({
  type: 'wallet.read-charge',
  service: 'wallet',
  summary: "Reads a charge as it stands. With a `userId`, somebody else's reads as not found.",
  payload: z.object({ chargeId: id, userId: id.optional() }),
  value: charge,
  refusals: ['CHARGE_NOT_FOUND'],
  example: {
    payload: { chargeId, userId },
    value: {
      chargeId,
      amount: 50_000,
      status: 'PENDING',
      createdAt: '2026-01-01T00:00:00.000Z',
      actorId: adminId,
    },
  },
});

export const readBalance = request({
  type: 'wallet.read-balance',
  service: 'wallet',
  summary: "Reads a user's balance; a wallet that nobody charged yet holds 0.",
  payload: z.object({ userId: id }),
  value: z.object({ userId: id, currentBalance: money }),
  refusals: [],
  example: { payload: { userId }, value: { userId, currentBalance: 50_000 } },
});

export const readWallet = request({
  type: 'wallet.read',
  service: 'wallet',
  summary:
    'Reads what a wallet holds, the amount of its charges whose outcome is open, and whether one has succeeded.',
  payload: z.object({ userId: id }),
  value: z.object({
    currentBalance: money,
    pendingCharges: money,
    hasCharged: z
      .boolean()
      .optional()
      .describe('Whether it was charged, be it once; absent where that is not known.'),
  }),
  refusals: [],
  example: { payload: { userId }, value: { currentBalance: 50_000, pendingCharges: 0, hasCharged: true } },
});

export const lookAtBalances = request({
  type: 'wallet.look-at',
  service: 'wallet',
  summary:
    'Reads the balances of many users, in the order asked for; a wallet that nobody charged yet holds 0.',
  payload: z.object({ userIds: z.array(id).min(1).max(LOOKS_MAX) }),
  value: z.object({ balances: z.array(money) }),
  refusals: [],
  example: { payload: { userIds: [userId] }, value: { balances: [50_000] } },
});

export const readHistory = request({
  type: 'wallet.read-history',
  service: 'wallet',
  summary:
    "Reads a page of a wallet's ledger, newest first. A page of what is found may have fewer than `limit` where the " +
    'list goes on.',
  payload: page.extend({
    userId: id,
    type: transactionType.optional(),
    from: instant.optional(),
    to: instant.optional(),
  }),
  value: z.object({ transactions: z.array(walletTransaction), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: {
    payload: { userId, limit: 20 },
    value: {
      transactions: [
        {
          transactionId,
          transactionType: 'CHARGE',
          amount: 50_000,
          balanceBefore: 0,
          balanceAfter: 50_000,
          createdAt: '2026-01-01T00:00:00.000Z',
        },
      ],
    },
  },
});

export const listCharges = request({
  type: 'wallet.list-charges',
  service: 'wallet',
  summary:
    "Reads a page of a user's charges, newest first. A page of what is found may have fewer than `limit` where the " +
    'list goes on.',
  payload: page.extend({ userId: id, status: chargeStatus.optional() }),
  value: z.object({ charges: z.array(charge), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: {
    payload: { userId, limit: 20 },
    value: {
      charges: [{ chargeId, amount: 50_000, status: 'SUCCEEDED', createdAt: '2026-01-01T00:00:00.000Z' }],
    },
  },
});

export const adjustWallet = request({
  type: 'wallet.adjust',
  service: 'wallet',
  summary:
    'Puts a balance right by an amount, never below 0 nor above the largest one, and says why in its ledger.',
  payload: z.object({ operation, userId: id, adjustment, actorId }),
  value: walletTransaction,
  refusals: ['INSUFFICIENT_BALANCE', 'BALANCE_LIMIT_EXCEEDED', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: {
      operation: { key: transactionId, fingerprint: '' },
      userId,
      adjustment: { amount: -5_000, reason: 'Charged twice' },
      actorId: adminId,
    },
    value: {
      transactionId,
      transactionType: 'ADJUSTMENT',
      amount: -5_000,
      balanceBefore: 50_000,
      balanceAfter: 45_000,
      reason: 'Charged twice',
      actorId: adminId,
      createdAt: '2026-01-01T00:00:00.000Z',
    },
  },
});

export const debitWallet = command({
  type: 'wallet.debit',
  service: 'wallet',
  summary: 'Takes the price of an order out of a wallet, once.',
  payload: z.object({ orderId: id, userId: id, amount: money.min(1) }),
  value: z.object({ balanceAfter: money }),
  refusals: ['INSUFFICIENT_BALANCE', 'ORDER_TIMED_OUT'],
  example: { payload: { orderId, userId, amount: 30_000 }, value: { balanceAfter: 20_000 } },
});

export const refundWallet = command({
  type: 'wallet.refund',
  service: 'wallet',
  summary: 'Undoes a debit: gives back what this order took, if it took anything, and bars a late debit.',
  payload: z.object({ orderId: id, userId: id, amount: money.min(1) }),
  value: z.object({ refunded: money }),
  refusals: [],
  undoes: debitWallet,
  example: { payload: { orderId, userId, amount: 30_000 }, value: { refunded: 30_000 } },
});

export type Adjustment = z.infer<typeof adjustment>;
export type WalletTransaction = z.infer<typeof walletTransaction>;
export type Charge = z.infer<typeof charge>;
