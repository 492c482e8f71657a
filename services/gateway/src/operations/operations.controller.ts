/*
 * GET /admin/operations/:operationId   viewer   200
 */
import { Get, Param } from '@nestjs/common';
import { id, operationReads, SERVICES, type SentByOperation } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { askedFor, tellersOf } from '../domain/staff-operation.js';
import { Api } from '../http/access.guard.js';
import { Refused } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { operationOfStaff } from './responses.js';
import { Upstream } from '../http/upstream.js';
import { readSending } from './admin-log.queries.js';

export const operationPath = z.object({ operationId: id });

const PARTS = ['sent', 'tookEffect', 'refused', 'decidedBefore', 'cameBack', 'open'] as const;

function summed(told: readonly SentByOperation[]): SentByOperation {
  const sums = PARTS.map((part) => [part, told.reduce((sum, one) => sum + one[part], 0)]);
  return Object.fromEntries(sums) as SentByOperation;
}

@Api()
export class OperationsController {
  constructor(
    private readonly upstream: Upstream,
    private readonly database: Database,
  ) {}

  @Get('admin/operations/:operationId')
  @Documented({
    id: 'readOperation',
    summary: 'Reads what became of a call that has sent messages again or nudged sagas',
    description:
      'Each that was sent is counted once, by what its receiver has stored: nothing is guessed. Known as long as the log ' +
      'of what staff did, and dead letters, are kept; who has to tell and does not answer is named in a 503.',
    asks: [operationReads[SERVICES[0]!]],
    refuses: ['OPERATION_NOT_FOUND'],
    answer: operationOfStaff,
  })
  async read(
    @FromCall() call: Call,
    @Param({ schema: operationPath }) { operationId }: z.infer<typeof operationPath>,
  ) {
    const entry = await readSending(this.database, operationId);
    if (entry === undefined) throw new Refused({ code: 'OPERATION_NOT_FOUND' });
    const told = await Promise.all(
      tellersOf(entry).map((service) =>
        this.upstream.askNaming(operationReads[service], { operationId }, call),
      ),
    );
    const { action, at, actorId, result } = entry;
    const asked = askedFor(entry);
    return { operationId, action, startedAt: at.toISOString(), actorId, result, asked, ...summed(told) };
  }
}
