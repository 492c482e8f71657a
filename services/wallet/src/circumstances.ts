import { newId } from '@jangteo/messaging';
import type { Circumstances } from './domain/wallet-book.js';

/** What decisions are made with. What time it is, the database knows. */
export function circumstances(): Circumstances {
  return { newId };
}
