/*
 * GET  /admin/sagas                 viewer   200
 * POST /admin/sagas/nudge           operator   200
 * POST /admin/sagas/:orderId/nudge  operator   200
 */
import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { cursor, listStuckSagas, named, nudgeSaga, nudgeSagas, stuckSeconds } from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { nudgedSaga, nudgedSagas } from './responses.js';
import { Call, FromCall } from '../http/request-context.js';
import { orderPath } from '../shop/orders.controller.js';
import { count, emptyBody, pageQuery } from '../openapi/schemas.js';
import { Upstream } from '../http/upstream.js';
import { StaffCalls } from './staff-calls.js';

const USUAL_SECONDS = 60;
const NUDGES_MAX = 100;

export const sagasQuery = pageQuery.extend({ olderThanSeconds: count(0, 604_800, USUAL_SECONDS) });
export const nudgeSagaBody = emptyBody;
export const nudgeSagasBody = named(
  'SagasToNudge',
  z.strictObject({ olderThanSeconds: stuckSeconds.default(USUAL_SECONDS), cursor: cursor.optional() }),
  { olderThanSeconds: 60 },
);

@Api()
export class SagasController {
  constructor(
    private readonly upstream: Upstream,
    private readonly calls: StaffCalls,
  ) {}

  @Get('admin/sagas')
  @Documented({
    id: 'listStuckSagas',
    summary: 'Reads the sagas that have made no progress for so long, those of the oldest orders first',
    description: 'A page may have fewer than `limit`, or nothing, where the list goes on.',
    asks: [listStuckSagas],
    answer: listStuckSagas.value.shape.sagas,
  })
  async list(@FromCall() call: Call, @Query({ schema: sagasQuery }) query: z.infer<typeof sagasQuery>) {
    const { sagas, next } = await this.upstream.ask(listStuckSagas, query, call);
    call.linkNext(next);
    return sagas;
  }

  @Post('admin/sagas/nudge')
  @HttpCode(200)
  @Documented({
    id: 'nudgeSagas',
    summary: 'Has the sagas without progress send again what they wait for',
    description: `At most ${NUDGES_MAX} a call, those of the oldest orders first: where there is a \`next\`, call again with it as \`cursor\`.`,
    asks: [nudgeSagas],
    refuses: ['IDEMPOTENCY_KEY_REUSED'],
    answer: nudgedSagas,
  })
  async nudgeAll(
    @FromCall() call: Call,
    @Body({ schema: nudgeSagasBody }) body: z.infer<typeof nudgeSagasBody>,
  ) {
    const by = call.caller.userId;
    return await this.calls.once(call, nudgeSagas, body, (operationId) =>
      this.upstream.ask(nudgeSagas, { ...body, limit: NUDGES_MAX, by, operationId }, call),
    );
  }

  @Post('admin/sagas/:orderId/nudge')
  @HttpCode(200)
  @Documented({
    id: 'nudgeSaga',
    summary: 'Has the saga of an order send again what it waits for, or give up if its deadline has passed',
    description:
      'What is sent again takes effect once, however often it is sent. What lies in the queue of a service that is away ' +
      'is not sent once more.',
    asks: [nudgeSaga],
    refuses: ['IDEMPOTENCY_KEY_REUSED'],
    answer: nudgedSaga,
  })
  async nudge(
    @FromCall() call: Call,
    @Param({ schema: orderPath }) { orderId }: z.infer<typeof orderPath>,
    @Body({ schema: nudgeSagaBody }) _body: z.infer<typeof nudgeSagaBody>,
  ) {
    const by = call.caller.userId;
    return await this.calls.once(call, nudgeSaga, { orderId }, (operationId) =>
      this.upstream.ask(nudgeSaga, { orderId, by, operationId }, call),
    );
  }
}
