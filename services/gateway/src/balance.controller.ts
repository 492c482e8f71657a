/*
 * POST /balance/charge   user   200
 * GET  /balance          user   200
 * GET  /balance/history  user   200
 */
import { randomUUIDv7 } from 'node:crypto';
import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { chargeWallet, id, money, readBalance, readHistory } from '@jangteo/contracts';
import { z } from 'zod';
import { Api } from './access.guard.js';
import { ActingUser } from './acting-user.js';
import { Call, FromCall } from './call.js';
import { userPageQuery, userQuery, type UserPageQuery, type UserQuery } from './schemas.js';
import { Upstream } from './upstream.js';

export const chargeBody = z.strictObject({
  userId: id.optional(),
  amount: money.min(1),
  /** The sandbox's card that always pays. */
  paymentMethod: z.enum(['tok_ok']).optional(),
});

@Api()
export class BalanceController {
  constructor(
    private readonly upstream: Upstream,
    private readonly actingUser: ActingUser,
  ) {}

  @Post('balance/charge')
  @HttpCode(200)
  async charge(@FromCall() call: Call, @Body({ schema: chargeBody }) body: z.infer<typeof chargeBody>) {
    const operation = call.operation(chargeWallet, body);
    const userId = await this.actingUser.of(call, body.userId);
    const payload = { operation, chargeId: randomUUIDv7(), userId, amount: body.amount };
    return await this.upstream.ask(chargeWallet, payload, call);
  }

  @Get('balance')
  async read(@FromCall() call: Call, @Query({ schema: userQuery }) query: UserQuery) {
    const userId = await this.actingUser.of(call, query.userId);
    return await this.upstream.ask(readBalance, { userId }, call);
  }

  @Get('balance/history')
  async history(@FromCall() call: Call, @Query({ schema: userPageQuery }) query: UserPageQuery) {
    const userId = await this.actingUser.of(call, query.userId);
    const { transactions, next } = await this.upstream.ask(readHistory, { ...query, userId }, call);
    call.linkNext(next);
    return transactions;
  }
}
