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
import { answer, answerEach, hear, hearReplies, type Handler, type Injector } from './handlers.js';
import { DEFERRED, type CommandReply, type Delivery } from './message.types.js';
import { routesOf } from './route.js';

const config = { MESSAGING_NAMESPACE: 'shop' } as MessagingConfig;

/** The handlers' dependency. */
class Wallets {}
const injector: Injector = (token) => new token();

const debits = answer(debitWallet, Wallets, async () => []);
const balances = answer(readBalance, Wallets, async () => []);
const completed = hear([orderCompleted], Wallets, async () => undefined);
const debitReplies = hearReplies([debitWallet], Wallets, async () => undefined);

describe('handlers', () => {
  it('are each on the queue of their kind, with the wire types that they take', () => {
    const replies = hearReplies([debitWallet, refundWallet], Wallets, async () => undefined);
    const routes = routesOf([replies], injector, { service: 'order', config });
    expect(routes.map(({ queue, label, readings }) => [queue.name, label, [...readings.keys()]])).toEqual([
      ['shop.order.replies', 'wallet.debit,wallet.refund', ['wallet.debit.reply', 'wallet.refund.reply']],
    ]);
    const own = routesOf([debits, balances], injector, { service: 'wallet', config });
    expect(own.map(({ queue }) => queue.name)).toEqual(['shop.wallet.commands', 'shop.wallet.requests']);
  });

  it.each<[string, Handler[], 'order' | 'wallet']>([
    ['of another service', [debits], 'order'],
    ['of events that are not subscribed to', [completed], 'wallet'],
    ['of replies outside the saga', [debitReplies], 'wallet'],
    ['that another handler takes already', [debitReplies, debitReplies], 'order'],
  ])('are refused at start where one is %s', (_, handlers, service) => {
    expect(() => routesOf(handlers, injector, { service, config })).toThrow(
      /no queue|never be called|two handlers/,
    );
  });

  it('are refused at start where the process lacks what one needs', () => {
    const empty: Injector = ({ name }) => {
      throw new Error(`there is no ${name}`);
    };
    expect(() => routesOf([debits], empty, { service: 'wallet', config })).toThrow('there is no Wallets');
  });

  it('that answer one message after the other leave out those for which nobody waits by then', async () => {
    const asked: string[] = [];
    const handler = answerEach(readBalance, Wallets, async (_wallets, { userId }) => {
      asked.push(userId);
      return done({ userId, currentBalance: 0 });
    });
    const batch = [60_000, -1, undefined].map((inMs, index) => ({
      payload: { userId: `user ${index}` },
      deadlineMs: inMs === undefined ? undefined : performance.now() + inMs,
    }));
    const answered = await handler.bind(injector)(batch as unknown as readonly Delivery[]);
    expect(asked).toEqual(['user 0', 'user 2']);
    expect(answered).toMatchObject({ outcomes: [{ ok: true }, DEFERRED, { ok: true }] });
  });

  it('have the right signatures, as the compiler proves', () => {
    type Payload = PayloadOf<typeof readBalance>;
    const right = async (_wallets: Wallets, batch: readonly Delivery<Payload>[]) =>
      batch.map(({ payload }) => done({ userId: payload.userId, currentBalance: 0 }));
    const otherPayload = async (
      _wallets: Wallets,
      batch: readonly Delivery<PayloadOf<typeof debitWallet>>[],
    ) => batch.map(({ payload }) => done({ userId: payload.userId, currentBalance: payload.amount }));
    const hearsDebits = async (_wallets: Wallets, _batch: readonly CommandReply<typeof debitWallet>[]) => {};
    const list: Handler[] = [
      answer(readBalance, Wallets, right),
      // @ts-expect-error: it reads the payload of another request
      answer(readBalance, Wallets, otherPayload),
      // @ts-expect-error: it answers what the contract does not know
      answer(readBalance, Wallets, async (_wallets, batch) => batch.map(() => done({ much: true }))),
      // @ts-expect-error: it needs another class than the one that it is given
      answer(readBalance, Wallets, async ({ connect }: { connect: () => void }, _batch) => [
        connect() as never,
      ]),
      // @ts-expect-error: it answers what the contract does not know
      answerEach(readBalance, Wallets, async () => done({ much: true })),
      hear([orderCompleted, orderCancelled], Wallets, async (_wallets, _batch) => {}),
      hearReplies([debitWallet], Wallets, hearsDebits),
      // @ts-expect-error: it reads the replies to another command
      hearReplies([refundWallet], Wallets, hearsDebits),
    ];
    expect(list).toHaveLength(8);
  });
});
