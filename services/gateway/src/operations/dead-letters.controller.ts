/*
 * GET  /admin/dead-letters                              viewer   200
 * GET  /admin/dead-letters/groups                       viewer   200
 * PATCH /admin/dead-letters/:service/groups             operator   200
 * GET  /admin/dead-letters/:service/:deadLetterId       viewer   200
 * POST /admin/dead-letters/:service/send                operator   200
 * POST /admin/dead-letters/:service/:deadLetterId/send  operator   200
 * POST /admin/dead-letters/:service/:deadLetterId/drop  operator   200
 */
import { Body, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  deadLetter,
  deadLetterFilter,
  deadLetterRequests,
  deadLetterState,
  groupChange,
  dropReason,
  id,
  named,
  SERVICES,
} from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { sentDeadLetter, sentDeadLetters, shownDeadLetterGroup } from './responses.js';
import { Call, FromCall } from '../http/request-context.js';
import { DeadLettersOfAll } from './dead-letters-of-all.js';
import { StaffCalls } from './staff-calls.js';
import { emptyBody, givenInstant, limitOfWhole, pageQuery } from '../openapi/schemas.js';
import { Upstream } from '../http/upstream.js';

export const serviceName = named('ServiceName', z.enum(SERVICES), 'wallet');

export const deadLettersQuery = pageQuery.extend({
  service: serviceName.optional(),
  state: deadLetterState.default('WAITING'),
  ...deadLetterFilter.shape,
});
export const deadLetterPath = z.object({ service: serviceName, deadLetterId: id });
export const servicePath = z.object({ service: serviceName });
export const sendDeadLetterBody = emptyBody;
export const sendDeadLettersBody = named(
  'DeadLettersToSend',
  z.strictObject({ ...deadLetterFilter.shape, parkedUntil: givenInstant.optional() }),
  { type: 'wallet.debit' },
  'All to which everything that is said applies; `{}` is all that wait.',
);
export const dropDeadLetterBody = named('Drop', z.strictObject({ reason: dropReason }), {
  reason: 'sent by a test',
});

export const deadLetterGroupsQuery = z.object({ service: serviceName.optional(), limit: limitOfWhole });
export const changeDeadLetterGroupBody = named(
  'DeadLetterGroupChange',
  z
    .strictObject(groupChange.shape)
    .refine(
      ({ note, isMuted }) => note !== undefined || isMuted !== undefined,
      'note or isMuted must be given',
    ),
  { type: 'wallet.debit', reason: 'invalid-payload', isMuted: true },
  'What is left out stays as it is.',
);

/** All services have the same contract but for its name. */
const { list, read, groups, changeGroup, sendAgain, sendAllAgain, drop } = deadLetterRequests.wallet;

type DeadLetterPath = z.infer<typeof deadLetterPath>;

@Api()
export class DeadLettersController {
  constructor(
    private readonly upstream: Upstream,
    private readonly letters: DeadLettersOfAll,
    private readonly calls: StaffCalls,
  ) {}

  @Get('admin/dead-letters')
  @Documented({
    id: 'listDeadLetters',
    summary: 'Reads the messages that services could not handle, newest first',
    description: 'Of all services; while one of them is away, `service` names those that are asked.',
    asks: [list],
    answer: z.array(deadLetter),
  })
  async list(
    @FromCall() call: Call,
    @Query({ schema: deadLettersQuery }) query: z.infer<typeof deadLettersQuery>,
  ) {
    const { deadLetters, next } = await this.letters.list(query, call);
    call.linkNext(next);
    return deadLetters;
  }

  @Get('admin/dead-letters/groups')
  @Documented({
    id: 'listDeadLetterGroups',
    summary: 'Counts the waiting messages that services could not handle, by type and reason',
    description:
      'Of each service the hundred groups with the latest messages; where there are fewer, also muted ones of which none ' +
      'waits, so that they can be heard of again. While a service is away, `service` names the one that is asked.',
    asks: [groups],
    answer: z.array(shownDeadLetterGroup),
  })
  async groups(
    @FromCall() call: Call,
    @Query({ schema: deadLetterGroupsQuery }) { service, limit }: z.infer<typeof deadLetterGroupsQuery>,
  ) {
    return (await this.letters.groups(service, call)).slice(0, limit);
  }

  @Patch('admin/dead-letters/:service/groups')
  @Documented({
    id: 'changeDeadLetterGroup',
    summary: 'Notes something about waiting messages of a type and reason, or mutes them',
    description:
      'Those that are muted are not counted in `messaging_dead_letters_waiting`, by which people are alerted, nor are ' +
      'those to come with the same type and reason; lists show them as before.',
    asks: [changeGroup],
    answer: shownDeadLetterGroup,
  })
  async changeGroup(
    @FromCall() call: Call,
    @Param({ schema: servicePath }) { service }: z.infer<typeof servicePath>,
    @Body({ schema: changeDeadLetterGroupBody }) change: z.infer<typeof changeDeadLetterGroupBody>,
  ) {
    const payload = { ...change, by: call.caller.userId };
    const { group, before } = await this.upstream.ask(deadLetterRequests[service].changeGroup, payload, call);
    call.noteBefore(before);
    return group;
  }

  @Get('admin/dead-letters/:service/:deadLetterId')
  @Documented({
    id: 'readDeadLetter',
    summary: 'Reads a message that a service could not handle, with body and properties',
    asks: [read],
    answer: read.value,
  })
  async read(
    @FromCall() call: Call,
    @Param({ schema: deadLetterPath }) { service, deadLetterId }: DeadLetterPath,
  ) {
    return await this.upstream.ask(deadLetterRequests[service].read, { deadLetterId }, call);
  }

  @Post('admin/dead-letters/:service/send')
  @HttpCode(200)
  @Documented({
    id: 'sendDeadLetters',
    summary: "Sends a service's waiting dead letters again",
    description:
      'As many as one call bears, the longest waiting first: as long as `left` is not 0, call again with the ' +
      '`parkedUntil` of the first answer, so that none which fails again is sent for ever. Requests of ' +
      'clients, who have stopped waiting, are `unsendable` and stay.',
    asks: [sendAllAgain],
    refuses: ['IDEMPOTENCY_KEY_REUSED'],
    answer: sentDeadLetters,
  })
  async sendAll(
    @FromCall() call: Call,
    @Param({ schema: servicePath }) { service }: z.infer<typeof servicePath>,
    @Body({ schema: sendDeadLettersBody }) { parkedUntil, ...filter }: z.infer<typeof sendDeadLettersBody>,
  ) {
    const contract = deadLetterRequests[service].sendAllAgain;
    const asked = { filter, parkedUntil };
    return await this.calls.once(call, contract, asked, (operationId) =>
      this.upstream.ask(contract, { ...asked, by: call.caller.userId, operationId }, call),
    );
  }

  @Post('admin/dead-letters/:service/:deadLetterId/send')
  @HttpCode(200)
  @Documented({
    id: 'sendDeadLetter',
    summary: 'Sends a dead letter to its queue again',
    description:
      'It takes effect once at most, however often it is sent. Where it fails again, a new dead letter has ' +
      'its id as `earlierId`. A request of a client is never sent again (DEAD_LETTER_EXPIRED): its client has ' +
      'been told that it failed, and repeats it under the same Idempotency-Key.',
    asks: [sendAgain],
    refuses: ['IDEMPOTENCY_KEY_REUSED'],
    answer: sentDeadLetter,
  })
  async send(
    @FromCall() call: Call,
    @Param({ schema: deadLetterPath }) { service, deadLetterId }: DeadLetterPath,
    @Body({ schema: sendDeadLetterBody }) _body: z.infer<typeof sendDeadLetterBody>,
  ) {
    const contract = deadLetterRequests[service].sendAgain;
    const asked = { deadLetterId };
    return await this.calls.once(call, contract, asked, (operationId) =>
      this.upstream.ask(contract, { ...asked, by: call.caller.userId, operationId }, call),
    );
  }

  @Post('admin/dead-letters/:service/:deadLetterId/drop')
  @HttpCode(200)
  @Documented({
    id: 'dropDeadLetter',
    summary: 'Takes a dead letter out of those that wait',
    description: 'It can still be read, with who dropped it and why.',
    asks: [drop],
    answer: drop.value,
  })
  async drop(
    @FromCall() call: Call,
    @Param({ schema: deadLetterPath }) { service, deadLetterId }: DeadLetterPath,
    @Body({ schema: dropDeadLetterBody }) { reason }: z.infer<typeof dropDeadLetterBody>,
  ) {
    const payload = { deadLetterId, reason, by: call.caller.userId };
    return await this.upstream.ask(deadLetterRequests[service].drop, payload, call);
  }
}
