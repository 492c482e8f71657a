/*
 * POST /balance/charge              user   200, 202
 * GET  /balance/charges             user   200
 * GET  /balance/charges/:chargeId   user   200
 * GET  /balance                     user   200
 * GET  /balance/history             user   200
 */
import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  CHARGE_MAX_USUAL,
  chargeStatus,
  chargeWallet,
  id,
  listCharges,
  money,
  named,
  paymentMethod,
  pendingCharge,
  readBalance,
  readCharge,
  readHistory,
  succeededCharge,
  transactionType,
  type PayloadOf,
} from '@jangteo/contracts';
import { newId } from '@jangteo/messaging';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { ActingUser } from '../http/acting-user.js';
import { Call, FromCall } from '../http/request-context.js';
import { ownedBy } from '../domain/caller.js';
import { FlowLimits } from '../http/flow-limit.js';
import { Refused } from '../http/refusal-error.js';
import { cursorLike, givenInstant, userPageQuery, userQuery, type UserQuery } from '../openapi/schemas.js';
import { Upstream } from '../http/upstream.js';

export const chargeBody = named(
  'Charging',
  z.strictObject({
    userId: id.optional(),
    // What is more than that, the wallet refuses: it knows the shop's own limit.
    amount: money.min(1).meta({ maximum: CHARGE_MAX_USUAL }),
    paymentMethod: paymentMethod.optional(),
  }),
  { amount: 50_000 },
);

export const historyQuery = userPageQuery.extend({
  cursor: cursorLike('byNumber'),
  type: transactionType.optional().describe('Changes of this kind.'),
  from: givenInstant.optional().describe('Changes from this moment on.'),
  to: givenInstant.optional().describe('Changes before this moment.'),
});
export const chargesQuery = userPageQuery.extend({
  cursor: cursorLike('byId'),
  status: chargeStatus.optional().describe('Charges of this status.'),
});
export const chargePath = z.object({ chargeId: id });

type ChargePath = z.infer<typeof chargePath>;

@Api()
export class BalanceController {
  constructor(
    private readonly upstream: Upstream,
    private readonly actingUser: ActingUser,
    private readonly limits: FlowLimits,
  ) {}

  @Post('balance/charge')
  @HttpCode(200)
  @Documented({
    id: 'chargeBalance',
    summary: 'Pays money into a balance',
    description:
      'Where the outcome of the payment is not known yet, the charge is pending: it is found out, and ' +
      'credited once or not at all.',
    asks: [chargeWallet],
    answer: succeededCharge,
    pending: pendingCharge,
    givesHeaders: ['ChargeLocation'],
  })
  async charge(@FromCall() call: Call, @Body({ schema: chargeBody }) body: z.infer<typeof chargeBody>) {
    const operation = call.operation(chargeWallet, body);
    const userId = await this.actingUser.of(call, body.userId);
    const payload = { ...body, operation, chargeId: newId(), userId, actorId: call.caller.userId };
    this.limits.look('declined charges', call.caller);
    this.limits.take('charges', call.caller);
    const charge = await this.#charged(payload, call);
    call.tell('location', `/balance/charges/${charge.chargeId}`);
    if (charge.status === 'PENDING') call.status(202);
    return charge;
  }

  async #charged(payload: PayloadOf<typeof chargeWallet>, call: Call) {
    try {
      const charge = await this.upstream.ask(chargeWallet, payload, call);
      // Or cards could be tried faster while the provider is slow. A repeat is told of the charge that was counted.
      if (charge.status === 'PENDING' && charge.chargeId === payload.chargeId) {
        this.limits.count('declined charges', call.caller);
      }
      return charge;
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.code !== 'PAYMENT_DECLINED') throw error;
      // A repeat tries no other card.
      if (!call.isReplay) this.limits.count('declined charges', call.caller);
      // What the provider said is for those who operate the shop: it may tell a thief which card is good for what.
      throw new Refused({ code: 'PAYMENT_DECLINED' });
    }
  }

  @Get('balance/charges')
  @Documented({
    id: 'listCharges',
    summary: 'Reads charges, newest first',
    description: 'With `status`, a page may have fewer than `limit`, or nothing, where the list goes on.',
    asks: [listCharges],
    answer: listCharges.value.shape.charges,
  })
  async charges(
    @FromCall() call: Call,
    @Query({ schema: chargesQuery }) query: z.infer<typeof chargesQuery>,
  ) {
    const userId = await this.actingUser.of(call, query.userId);
    const { charges, next } = await this.upstream.ask(listCharges, { ...query, userId }, call);
    call.linkNext(next);
    return charges;
  }

  @Get('balance/charges/:chargeId')
  @Documented({
    id: 'readCharge',
    summary: 'Reads a charge',
    asks: [readCharge],
    answer: readCharge.value,
  })
  async readCharge(@FromCall() call: Call, @Param({ schema: chargePath }) { chargeId }: ChargePath) {
    return await this.upstream.ask(readCharge, { chargeId, ...ownedBy(call.caller) }, call);
  }

  @Get('balance')
  @Documented({
    id: 'readBalance',
    summary: 'Reads a balance',
    description: 'A user who never charged has 0.',
    asks: [readBalance],
    answer: readBalance.value,
  })
  async read(@FromCall() call: Call, @Query({ schema: userQuery }) query: UserQuery) {
    const userId = await this.actingUser.of(call, query.userId);
    return await this.upstream.ask(readBalance, { userId }, call);
  }

  @Get('balance/history')
  @Documented({
    id: 'listTransactions',
    summary: 'Reads every change of a balance, newest first',
    description:
      'With `type`, `from` or `to`, a page may have fewer than `limit`, or nothing, where the list goes on.',
    asks: [readHistory],
    answer: readHistory.value.shape.transactions,
  })
  async history(
    @FromCall() call: Call,
    @Query({ schema: historyQuery }) query: z.infer<typeof historyQuery>,
  ) {
    const userId = await this.actingUser.of(call, query.userId);
    const { transactions, next } = await this.upstream.ask(readHistory, { ...query, userId }, call);
    call.linkNext(next);
    return transactions;
  }
}
