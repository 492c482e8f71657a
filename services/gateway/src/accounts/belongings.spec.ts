import { expect, it } from '@jest/globals';
import { readWallet, type RequestContract } from '@jangteo/contracts';
import { decideDeletion } from '../domain/account.js';
import type { Call } from '../http/request-context.js';
import type { Upstream } from '../http/upstream.js';
import { readBelongings } from './belongings.js';

/** A cancellation whose refund is committed, and which ends then, once so many questions are answered. */
function shopThatRefunds(afterAnswers: number): Pick<Upstream, 'ask'> {
  let answered = 0;
  const ask = async (contract: RequestContract): Promise<unknown> => {
    await Promise.resolve();
    const isRefunded = answered >= afterAnswers;
    answered += 1;
    return contract.type === readWallet.type
      ? { currentBalance: isRefunded ? 5_000 : 0, pendingCharges: 0 }
      : { onTheWay: isRefunded ? 0 : 1 };
  };
  return { ask: ask as Upstream['ask'] };
}

it.each([0, 1, 2])('an account is not empty for a refund that comes after answer %d', async (answers) => {
  const its = await readBelongings(shopThatRefunds(answers), 'mina', {} as Call);
  expect(decideDeletion(its)).toMatchObject({ refusal: { code: 'ACCOUNT_NOT_EMPTY' } });
});
