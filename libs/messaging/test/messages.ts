import { randomUUIDv7 } from 'node:crypto';
import { debitWallet, orderCompleted } from '@jangteo/contracts';
import { commandTo, eventOf, type Outgoing } from '../src/index.js';

/** A debit of its own order; the amount tells the messages of a test apart. */
export function debit(amount: number, orderId: string = randomUUIDv7()): Outgoing {
  return commandTo(debitWallet, { ...debitWallet.example.payload, orderId, amount }, orderId);
}

/** A sale; the price tells the messages of a test apart. */
export function sale(totalPrice: number): Outgoing {
  return eventOf(orderCompleted, { ...orderCompleted.example.payload, totalPrice });
}

/** 1 … n. */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}
