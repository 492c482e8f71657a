import { BlockList, isIP } from 'node:net';

const FAMILIES = { 4: 'ipv4', 6: 'ipv6' } as const;
const BITS = { 4: 32, 6: 128 } as const;

/** Networks by the names that proxies' settings commonly have for them. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

function familyOf(address: string): 4 | 6 | undefined {
  const family = isIP(address);
  return family === 4 || family === 6 ? family : undefined;
}

/** Networks that an operator has named. */
export class NetworkList {
  readonly #networks = new BlockList();

  /**
   * @param list addresses and networks, separated by commas; none where it is left out
   * @throws Error naming what is neither
   */
  constructor(list = '') {
    const entries = list.split(',').map((entry) => entry.trim());
    for (const entry of entries.filter((text) => text !== '').flatMap((text) => NAMED[text] ?? [text])) {
      this.#add(entry);
    }
  }

  has(address: string | undefined): boolean {
    const plain = (address ?? '').split('%', 1)[0]!;
    const family = familyOf(plain);
    return family !== undefined && this.#networks.check(plain, FAMILIES[family]);
  }

  #add(entry: string): void {
    const [address = '', bits] = entry.split('/');
    const family = familyOf(address);
    const length = Number(bits ?? (family && BITS[family]));
    const isNetwork = bits === undefined || /^\d{1,3}$/.test(bits);
    if (family === undefined || !isNetwork || length > BITS[family] || entry.split('/').length > 2) {
      throw new Error(`${JSON.stringify(entry)} is no address or network`);
    }
    this.#networks.addSubnet(address, length, FAMILIES[family]);
  }
}
