import { describe, expect, it } from '@jest/globals';
import { NetworkList } from './network-list.js';

describe('NetworkList', () => {
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
  ])('of %s: %s is in it: %s', (list, address, isInIt) => {
    expect(new NetworkList(list).has(address)).toBe(isInIt);
  });

  it('has no address where nothing is said, and none that is no address', () => {
    expect(new NetworkList().has('127.0.0.1')).toBe(false);
    expect(new NetworkList('loopback').has(undefined)).toBe(false);
    expect(new NetworkList('loopback').has('localhost')).toBe(false);
  });

  it.each(['proxy', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/8/8', '10.0.0.1/x', 'fd00::/129'])(
    'takes no %s',
    (entry) => {
      expect(() => new NetworkList(`10.0.0.1,${entry}`)).toThrow(entry);
    },
  );
});
