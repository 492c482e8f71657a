import { randomUUIDv7 } from 'node:crypto';
import type { Circumstances } from './domain/wallet-book.js';

/** What decisions of this moment are made with. */
export function circumstances(): Circumstances {
  return { now: new Date(), newId: () => randomUUIDv7() };
}
