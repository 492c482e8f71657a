/*
 * POST /admin/users/:userId/balance   admin   201
 */
import { Body, Param, Post } from '@nestjs/common';
import { adjustment, adjustWallet, id, walletTransaction, type Adjustment } from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Users } from '../accounts/users.repository.js';
import { Api } from '../http/access.guard.js';
import { Refused } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';

export const adjustBalanceBody = adjustment;
export const balancePath = z.object({ userId: id });

/** Balances that are put right by those who run the shop. */
@Api()
export class AdminBalancesController {
  constructor(
    private readonly upstream: Upstream,
    private readonly users: Users,
  ) {}

  @Post('admin/users/:userId/balance')
  @Documented({
    id: 'adjustBalance',
    summary: "Puts a user's balance right",
    description:
      'By an amount that may be below 0; never below a balance of 0, nor above the largest one. Answers with the row of ' +
      'the ledger, where the reason and who made it stand too. To a deleted user nothing is added (404), but what a late ' +
      'refund has left there can be taken out.',
    asks: [adjustWallet],
    refuses: ['USER_NOT_FOUND'],
    answer: walletTransaction,
  })
  async adjust(
    @FromCall() call: Call,
    @Param({ schema: balancePath }) { userId }: z.infer<typeof balancePath>,
    @Body({ schema: adjustBalanceBody }) asked: Adjustment,
  ) {
    const user = await this.users.find(userId);
    const isGone = user === undefined || (user.state === 'DELETED' && asked.amount > 0);
    if (isGone) throw new Refused({ code: 'USER_NOT_FOUND' });
    const operation = call.operation(adjustWallet, { userId, adjustment: asked });
    const payload = { operation, userId, adjustment: asked, actorId: call.caller.userId };
    return await this.upstream.ask(adjustWallet, payload, call);
  }
}
