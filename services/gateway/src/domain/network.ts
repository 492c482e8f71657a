const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const IPV4 = /^(\d+\.\d+\.\d+)\.\d+$/;
/** As some proxies write whom they speak for. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+)|\[([^\]]+)\]):\d+$/;
const GROUPS = 8;
const GROUP_BITS = 16;
/** Prefix lengths of IPv6: of one network, of all that a household has, of all that a site or a small provider has. */
const IPV6_BITS = [64, 56, 48];
/** Factors on the limit of an address's networks, the narrowest first: many clients live in a wider one. */
const SHARES = [1, 2, 10];
/** An IPv4 address is somebody's; its /24 is of many. */
const SHARES_OF_TWO = [1, 10];

/**
 * The networks of an address as limits see them, the narrowest first: an IPv4 address is somebody's, its /24 is often
 * one owner's; of IPv6 anybody has 2^64 addresses of one network (a /64), and may have many of those.
 */
export function networksOf(address: string): [string, ...string[]] {
  const [, v4, v6] = WITH_PORT.exec(address) ?? [];
  const bare = v4 ?? v6 ?? address;
  const text = MAPPED_IPV4.exec(bare)?.[1] ?? bare;
  const block = IPV4.exec(text)?.[1];
  if (block !== undefined) return [text, `${block}.0/24`];
  if (!text.includes(':')) return [text];
  const groups = groupsOf(text);
  const [first = '', ...others] = IPV6_BITS.map((bits) => prefixOf(groups, bits));
  return [first, ...others];
}

/** The narrowest of {@link networksOf}. */
export function networkOf(address: string): string {
  return networksOf(address)[0];
}

/** A network, and the factor on what one client may have that counts for it. */
export type Share = readonly [network: string, share: number];

/** The shares of {@link networksOf}, in their order. */
export function sharesOf(networks: readonly string[]): Share[] {
  const shares = networks.length === SHARES_OF_TWO.length ? SHARES_OF_TWO : SHARES;
  return networks.map((network, index) => [network, shares[index] ?? 1]);
}

function groupsOf(address: string): string[] {
  const [left = '', right] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : Math.max(0, GROUPS - before.length - after.length);
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
}

function prefixOf(groups: readonly string[], bits: number): string {
  const prefix = groups.slice(0, Math.ceil(bits / GROUP_BITS)).map((group, index) => {
    const dropped = Math.max(0, (index + 1) * GROUP_BITS - bits);
    return ((Number.parseInt(group, 16) >> dropped) << dropped).toString(16);
  });
  return `${prefix.join(':')}::/${bits}`;
}
