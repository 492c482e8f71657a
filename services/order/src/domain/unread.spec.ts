import { expect, it } from '@jest/globals';
import { commandQueues, readCommands, unreadCommands } from './unread.js';

const wallet = 'shop.wallet.commands';

it('commands are unread where messages lie in a queue that nobody reads, or more than its readers hold', () => {
  expect(commandQueues('shop')).toEqual(['shop.catalog.commands', 'shop.coupon.commands', wallet]);
  const unread = (messages: number, consumers: number) =>
    unreadCommands('shop', [{ queue: wallet, messages, consumers }]);
  const all = ['DebitWallet', 'RefundWallet'];
  expect([unread(1, 0), unread(1_000, 1), unread(1_000, 8)]).toEqual([all, all, all]);
  expect([unread(0, 0), unread(1, 1), unread(999, 1), unread(0, 1)]).toEqual([[], [], [], []]);
  expect(unreadCommands('shop', [])).toEqual([]);
});

it('commands are read where somebody is at their queue, and it is known and short', () => {
  const read = (messages: number, consumers: number) =>
    readCommands('shop', [{ queue: wallet, messages, consumers }]);
  expect([read(0, 1), read(999, 8)]).toEqual([
    ['DebitWallet', 'RefundWallet'],
    ['DebitWallet', 'RefundWallet'],
  ]);
  expect([read(0, 0), read(1, 0), read(1_000, 8), readCommands('shop', [])]).toEqual([[], [], [], []]);
});
