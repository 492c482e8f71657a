import { describe, expect, it } from '@jest/globals';
import { ailmentOf } from './container-health.js';

describe('a container of a shop', () => {
  it.each([
    '/shop-wallet-1 unless-stopped running 0 healthy',
    '/shop-balancer-1 unless-stopped running 0 ',
    '/shop-wallet-migrate-1 no exited 0 ',
    '/shop-wallet-migrate-1  exited 0 ',
  ])('is well: %s', (line) => {
    expect(ailmentOf(line)).toBeUndefined();
  });

  it.each([
    ['/shop-wallet-1 unless-stopped running 0 unhealthy', 'shop-wallet-1 is running (0) unhealthy'],
    ['/shop-wallet-1 unless-stopped running 0 starting', 'shop-wallet-1 is running (0) starting'],
    ['/shop-wallet-1 unless-stopped restarting 1 unhealthy', 'shop-wallet-1 is restarting (1) unhealthy'],
    ['/shop-wallet-1 unless-stopped exited 0 ', 'shop-wallet-1 is exited (0)'],
    ['/shop-wallet-migrate-1 no exited 1 ', 'shop-wallet-migrate-1 is exited (1)'],
    ['/shop-wallet-migrate-1 no running 0 ', 'shop-wallet-migrate-1 is running (0)'],
  ])('is not: %s', (line, ailment) => {
    expect(ailmentOf(line)).toBe(ailment);
  });
});
