import { describe, expect, it } from '@jest/globals';
import { debitWallet, done, readBalance, refuse, type MessageContract } from '@jangteo/contracts';
import type { MessagingConfig } from './config.js';
import { MessageWriter } from './outbound-messages.js';
import type { Item } from './route.js';
import { DEFERRED, type Delivery } from './message.types.js';
import { framesOf, HandlerBroken, resultOf } from './results.js';

const writer = new MessageWriter({
  service: 'wallet',
  config: {
    MESSAGING_NAMESPACE: 'shop',
    AMQP_URL: 'amqp://shop_wallet@broker',
    AMQP_USERS: '',
  } as MessagingConfig,
});

function item(contract: MessageContract, more: Partial<Delivery> = {}): Item {
  const delivery = { messageId: 'm', correlationId: 'o', trace: {}, ...more } as Delivery;
  return { contract, delivery, arrival: {} as Item['arrival'] };
}

const request = item(readBalance, { replyAddress: { replyTo: 'there', correlationId: 'c' } });
const balance = done({ ...readBalance.example.value });
const bodies = (outcomes: readonly unknown[], items: readonly Item[]) =>
  framesOf({ outcomes: outcomes as never[] }, items, writer).map(({ body, routingKey }) => [
    routingKey,
    JSON.parse(body.toString()) as unknown,
  ]);

describe('what a handler returns', () => {
  it('must hold an outcome for each message', () => {
    expect(resultOf([1, 2], 2, 'requests').outcomes).toEqual([1, 2]);
    for (const wrong of [[], [1], [1, 2, 3], undefined, {}, { outcomes: [1] }]) {
      expect(() => resultOf(wrong, 2, 'commands')).toThrow(HandlerBroken);
    }
  });

  it('needs no outcomes where nothing is to be answered', () => {
    expect(resultOf(undefined, 2, 'events')).toEqual({ outcomes: [] });
    expect(resultOf({ publish: [] }, 2, 'replies')).toEqual({ publish: [], outcomes: [] });
  });

  it('goes to the asker of a request and to the saga for a command', () => {
    const refused = refuse('INSUFFICIENT_BALANCE');
    expect(bodies([balance], [request])).toEqual([['there', balance]]);
    expect(bodies([refused], [item(debitWallet)])).toEqual([['shop.order.replies', refused]]);
  });

  it('says of an answer to a request that an earlier one with its operation had it', () => {
    const [first, again] = framesOf(
      { outcomes: [balance, balance], replayed: new Set([1]) },
      [request, request],
      writer,
    );
    expect(first?.options.headers).not.toHaveProperty('replayed');
    expect(again?.options.headers).toMatchObject({ replayed: 'true' });
  });

  it('goes nowhere when it is deferred or nobody waits', () => {
    expect(bodies([DEFERRED], [request])).toEqual([]);
    expect(bodies([balance], [item(readBalance)])).toEqual([]);
  });

  it('is refused when it is not an outcome of the contract', () => {
    expect(() => bodies([done({})], [request])).toThrow(HandlerBroken);
    expect(() => bodies([refuse('OUT_OF_STOCK')], [item(debitWallet)])).toThrow(HandlerBroken);
    expect(() => bodies([DEFERRED], [item(debitWallet)])).toThrow('a command is answered at once');
  });
});
