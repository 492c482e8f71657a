import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
  debitWallet,
  done,
  orderCancelled,
  orderCompleted,
  readBalance,
  refundWallet,
  type PayloadOf,
} from '@jangteo/contracts';
import type { MessagingConfig } from './config.js';
import { Handle, HandleEvents, HandleReplies } from './decorators.js';
import { definitionsOf, type Registered } from './route.js';
import type { CommandReply, Delivery } from './message.types.js';

const config = { MESSAGING_NAMESPACE: 'shop' } as MessagingConfig;

/** What Nest tells of a decorated method. */
function registered(decorate: (target: object, key: string, method: PropertyDescriptor) => void): Registered {
  const handler = async (): Promise<void> => undefined;
  decorate({}, 'method', { value: handler });
  const [pattern] = Reflect.getMetadata('microservices:pattern', handler) as [string];
  const extras = Reflect.getMetadata('microservices:pattern_extras', handler) as Record<string, unknown>;
  return { pattern, extras, handler };
}

type Untyped = (target: object, key: string, method: PropertyDescriptor) => void;

describe('handler decorators', () => {
  it('put each handler on the queue of its kind, with the wire types that it takes', () => {
    const routes = definitionsOf([registered(HandleReplies(debitWallet, refundWallet) as Untyped)], {
      service: 'order',
      config,
    });
    expect(routes.map(({ queue, label, readings }) => [queue.name, label, [...readings.keys()]])).toEqual([
      ['shop.order.replies', 'wallet.debit,wallet.refund', ['wallet.debit.reply', 'wallet.refund.reply']],
    ]);
    const own = [Handle(debitWallet), Handle(readBalance)].map((one) => registered(one as Untyped));
    expect(definitionsOf(own, { service: 'wallet', config }).map(({ queue }) => queue.name)).toEqual([
      'shop.wallet.commands',
      'shop.wallet.requests',
    ]);
  });

  it.each([
    ['of another service', [Handle(debitWallet)], 'order'],
    ['of events that are not subscribed to', [HandleEvents(orderCompleted)], 'wallet'],
    ['of replies outside the saga', [HandleReplies(debitWallet)], 'wallet'],
    ['that another handler takes already', [HandleReplies(debitWallet), HandleReplies(debitWallet)], 'order'],
  ] as const)('refuse at start a handler %s', (_, decorators, service) => {
    const handlers = decorators.map((one) => registered(one as unknown as Untyped));
    expect(() => definitionsOf(handlers, { service, config })).toThrow(
      /no queue|never be called|two handlers/,
    );
  });

  it('accept only methods of the right signature, as the compiler proves', () => {
    class Handlers {
      @Handle(readBalance)
      async right(batch: readonly Delivery<PayloadOf<typeof readBalance>>[]) {
        return batch.map(({ payload }) => done({ userId: payload.userId, currentBalance: 0 }));
      }

      // @ts-expect-error: it reads the payload of another request
      @Handle(readBalance)
      async otherPayload(batch: readonly Delivery<PayloadOf<typeof debitWallet>>[]) {
        return batch.map(({ payload }) => done({ userId: payload.userId, currentBalance: 0 }));
      }

      // @ts-expect-error: it answers what the contract does not know
      @Handle(readBalance)
      async otherOutcome(batch: readonly Delivery<PayloadOf<typeof readBalance>>[]) {
        return batch.map(() => done({ much: true }));
      }

      @HandleEvents(orderCompleted, orderCancelled)
      async hears(_batch: readonly Delivery<PayloadOf<typeof orderCompleted>>[]) {}

      @HandleReplies(debitWallet, refundWallet)
      async hearsReplies(_batch: readonly CommandReply<typeof debitWallet | typeof refundWallet>[]) {}

      // @ts-expect-error: it reads the replies to another command
      @HandleReplies(debitWallet)
      async otherReplies(_batch: readonly CommandReply<typeof refundWallet>[]) {}
    }
    expect(Object.getOwnPropertyNames(Handlers.prototype)).toContain('right');
  });
});
