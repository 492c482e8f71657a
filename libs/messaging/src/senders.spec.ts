import { describe, expect, it } from '@jest/globals';
import type { Message } from 'amqplib';
import { z } from 'zod';
import { BROKER_USERS, HEADERS, PARKED_HEADERS, type BrokerUser } from '@jangteo/contracts';
import { messagingEnv } from './config.js';
import { isVouchedFor, senderOfMessage, sendersOf, type Senders } from './senders.js';

function senders(user: string, service: BrokerUser = 'wallet', more: Record<string, string> = {}): Senders {
  const config = z.object(messagingEnv).parse({ AMQP_URL: `amqp://${user}:secret@broker`, ...more });
  return sendersOf({ service, config });
}

const named = (name: (user: BrokerUser) => string): string =>
  BROKER_USERS.map((user) => `${user}=${name(user)}`).join(',');

describe("the names of the broker's users", () => {
  it('are as the own one, which ends in the service', () => {
    expect(senders('shop_wallet')).toMatchObject({
      own: 'shop_wallet',
      names: { order: 'shop_order', gateway: 'shop_gateway' },
      areShared: false,
    });
    expect(senders('order', 'order').names.wallet).toBe('wallet');
    expect(senders('my.shop-ranking', 'ranking').names.wallet).toBe('my.shop-wallet');
    expect(senders('a%20shop%2Fwallet').names.order).toBe('a shop/order');
  });

  it('are one for everybody where it does not end so', () => {
    for (const user of ['guest', 'shop_order', 'mywallet', 'wallet_1', '']) {
      const { own, names, areShared } = senders(user);
      expect(areShared).toBe(true);
      expect(new Set(Object.values(names))).toEqual(new Set([own]));
      expect(own).toBe(user || 'guest');
    }
  });

  it('are what AMQP_USERS says', () => {
    const AMQP_USERS = named((user) => `${user.length}-${user}`);
    expect(senders('6-wallet', 'wallet', { AMQP_USERS }).names.gateway).toBe('7-gateway');
    expect(() => senders('5-wallet', 'wallet', { AMQP_USERS })).toThrow('AMQP_USERS');
  });

  it.each([
    'gateway',
    named(() => ''),
    named((user) => user).replace('order=order,', ''),
    `${named((user) => user)},other=o`,
  ])('are not taken from AMQP_USERS=%s', (AMQP_USERS) => {
    expect(() => senders('wallet', 'wallet', { AMQP_USERS })).toThrow('must name a user for each of');
  });

  it('are the same on every node', () => {
    const AMQP_URL = 'amqp://shop_wallet:a@one,amqp://shop_order:b@other';
    expect(() => senders('', 'wallet', { AMQP_URL })).toThrow('the same user for every node');
  });
});

describe('the sender of a message', () => {
  const ours = senders('shop_wallet');
  const message = (userId: string | undefined, headers?: Record<string, unknown>): Message =>
    ({ properties: { userId, headers } }) as unknown as Message;

  it('is whom the broker vouches for, whatever others write', () => {
    const forged = {
      [HEADERS.sentAgain]: 'x',
      [HEADERS.sender]: 'shop_order',
      [HEADERS.vouchedBy]: 'admin',
      [PARKED_HEADERS.messageId]: 'm',
      [PARKED_HEADERS.sender]: 'shop_order',
    };
    expect(senderOfMessage(message('shop_coupon', forged), ours)).toBe('shop_coupon');
    expect(senderOfMessage(message(undefined, forged), ours)).toBeUndefined();
    for (const userId of ['shop_coupon', undefined]) {
      expect(isVouchedFor(message(userId, forged), ours)).toBe(false);
    }
  });

  it('is whom the service itself remembers where it sends again', () => {
    const again = { [HEADERS.sentAgain]: 'x', [HEADERS.sender]: 'shop_order' };
    expect(senderOfMessage(message('shop_wallet', again), ours)).toBe('shop_order');
    expect(senderOfMessage(message('shop_wallet', { [HEADERS.sentAgain]: 'x' }), ours)).toBeUndefined();
    expect(senderOfMessage(message('shop_wallet'), ours)).toBe('shop_wallet');
    const parked = { [PARKED_HEADERS.messageId]: 'm', [PARKED_HEADERS.sender]: 'shop_order' };
    expect(senderOfMessage(message('shop_wallet', parked), ours)).toBe('shop_order');
    const vouched = { [HEADERS.sentAgain]: 'x', [HEADERS.vouchedBy]: 'admin' };
    expect(isVouchedFor(message('shop_wallet', vouched), ours)).toBe(true);
  });
});
