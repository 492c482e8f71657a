import { newId } from '@jangteo/messaging';
import type { Circumstances } from './domain/wallet-book.js';

/** What decisions of this moment are made with. */
export function circumstances(): Circumstances {
  return { now: new Date(), newId };
}
