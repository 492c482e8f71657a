import { expect, it } from '@jest/globals';
import { commandQueues, unreadCommands } from './unread.js';

const wallet = 'shop.wallet.commands';

it('commands are unread where messages lie in the queue and nobody reads it', () => {
  expect(commandQueues('shop')).toEqual(['shop.catalog.commands', 'shop.coupon.commands', wallet]);
  const unread = (messages: number, consumers: number) =>
    unreadCommands('shop', [{ queue: wallet, messages, consumers }]);
  expect(unread(1, 0)).toEqual(['DebitWallet', 'RefundWallet']);
  expect([unread(0, 0), unread(1, 1), unread(0, 1), unreadCommands('shop', [])]).toEqual([[], [], [], []]);
});
