import { describe, expect, it } from '@jest/globals';
import { TrustedProxies } from './trusted-proxies.js';

describe('TrustedProxies', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '10.0.0.8', false],
    ['10.0.0.7', '::ffff:10.0.0.7', true],
    ['10.0.0.0/8', '10.255.1.2', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['127.0.0.1, fd00::/8', 'fd12::1', true],
    ['127.0.0.1, fd00::/8', '127.0.0.1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['loopback', '127.9.9.9', true],
    ['0.0.0.0/0', '8.8.8.8', true],
  ])('of %s: %s is trusted: %s', (list, address, isTrusted) => {
    expect(new TrustedProxies(list).has(address)).toBe(isTrusted);
  });

  it('trusts nobody where nothing is said, and no address that there is none of', () => {
    expect(new TrustedProxies().has('127.0.0.1')).toBe(false);
    expect(new TrustedProxies('loopback').has(undefined)).toBe(false);
    expect(new TrustedProxies('loopback').has('localhost')).toBe(false);
  });

  it.each(['proxy', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/8/8', '10.0.0.1/x', 'fd00::/129'])(
    'takes no %s',
    (entry) => {
      expect(() => new TrustedProxies(`10.0.0.1,${entry}`)).toThrow(entry);
    },
  );
});
