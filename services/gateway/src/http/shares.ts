import { LRUCache } from 'lru-cache';
import { networksOf, sharesOf, type Share } from '../domain/network.js';

/** To read an IPv6 address takes longer than all that is counted under it; each request has it done three times. */
const remembered = new LRUCache<string, readonly Share[]>({ max: 10_000 });

/** The networks of an address, the narrowest first, with their shares. */
export function sharesOfAddress(address: string): readonly Share[] {
  let shares = remembered.get(address);
  if (shares === undefined) remembered.set(address, (shares = sharesOf(networksOf(address))));
  return shares;
}
