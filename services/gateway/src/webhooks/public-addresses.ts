import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** What the world cannot reach, or what stands for something else (IANA's special-purpose registries). */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Where Azure tells its machines what is theirs alone.
  ['168.63.129.16', 32],
  // Among them those at which clouds tell machines their secrets.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;

/** Of IPv6 only this is given out to the world, */
const GLOBAL_IPV6 = ['2000::', 3] as const;
/** but for these: tunnels and documents. Mapped and translated IPv4 is outside of it. */
const SPECIAL_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

function listOf(networks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [address, bits] of networks) list.addSubnet(address, bits, family);
  return list;
}

const specialV4 = listOf(SPECIAL_IPV4, 'ipv4');
const globalV6 = listOf([GLOBAL_IPV6], 'ipv6');
const specialV6 = listOf(SPECIAL_IPV6, 'ipv6');

/** Tells whether an address is one of the world's, and so none of our own network. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !specialV4.check(address, 'ipv4');
  return family === 6 && globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
}

/** The IP address that a URL names outright, if it does. */
export function addressIn({ hostname }: URL): string | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? undefined : host;
}

export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';

  constructor() {
    super('the address is in our own network');
  }
}

type Resolve = (
  name: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * The `lookup` of a socket that gives it allowed addresses alone: what is looked at is what the very connection is made
 * to, whatever the name says a moment later. A name with one address that is not allowed is refused with all of them.
 */
export function guardedLookup(
  isAllowed: (address: string) => boolean,
  resolve: Resolve = resolveName,
): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isAllowed(address))) {
        return callback(new AddressRefused(), []);
      }
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}
