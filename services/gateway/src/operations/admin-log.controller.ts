/*
 * GET /admin/log   viewer   200
 */
import { Get, Query } from '@nestjs/common';
import { id } from '@jangteo/contracts';
import { Database, decodeCursor, encodeCursor, refuseCursor } from '@jangteo/database';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { readEntries, type AdminLogPage, type AdminLogRow } from './admin-log.queries.js';
import { adminLogEntry } from './responses.js';
import { Call, FromCall } from '../http/request-context.js';
import { valueOf } from '../http/refusal-error.js';
import { givenInstant, pageQuery } from '../openapi/schemas.js';

/** A page ends before it is larger, unless it is one entry. */
const PAGE_BYTES_MAX = 256 * 1_024;

export const adminLogQuery = pageQuery.extend({
  actorId: id.optional().describe('Whose actions: the id of a user.'),
  target: z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/, 'must be an id, or the name of a service')
    .toLowerCase()
    .optional()
    .describe(
      'What was acted on: the id of an order, a product and so on, or of the user in whose name it was done.',
    ),
  from: givenInstant.optional().describe('Of what was begun at this instant or later.'),
  to: givenInstant.optional().describe('Of what was begun before this instant.'),
});

type Entry = z.infer<typeof adminLogEntry>;

function json(text: string | null): Record<string, unknown> | undefined {
  return text === null ? undefined : (JSON.parse(text) as Record<string, unknown>);
}

/** Leaves out what is not known. */
function entryOf(row: AdminLogRow): Entry {
  const { entryId, actorId, actorRole, action, result, requestId, network } = row;
  return {
    entryId,
    at: row.at.toISOString(),
    endedAt: row.endedAt?.toISOString(),
    actorId,
    actorRole,
    keyId: row.keyId ?? undefined,
    action,
    targetType: row.targetType ?? undefined,
    target: row.target ?? undefined,
    userId: row.userId ?? undefined,
    asked: json(row.asked),
    before: json(row.before),
    after: json(row.after),
    result,
    status: row.status ?? undefined,
    code: row.code ?? undefined,
    requestId,
    network,
  };
}

function placeIn(cursor: string): Pick<AdminLogPage, 'before'> {
  const [at, entryId] = decodeCursor(cursor, ['instant', 'id']) ?? [];
  if (at === undefined || entryId === undefined) return valueOf(refuseCursor());
  return { before: { at: String(at), entryId: String(entryId) } };
}

@Api()
export class AdminLogController {
  constructor(private readonly database: Database) {}

  @Get('admin/log')
  @Documented({
    id: 'listAdminLog',
    summary: 'Reads what those who run the shop have done or tried, newest first',
    description:
      'Everything that a viewer, an operator or an admin asks for and that is to change something, in their own name ' +
      'or in that of a user. ' +
      'What only reads is not in it.',
    answer: z.array(adminLogEntry),
  })
  async list(
    @FromCall() call: Call,
    @Query({ schema: adminLogQuery }) { cursor, ...wanted }: z.infer<typeof adminLogQuery>,
  ): Promise<Entry[]> {
    const page = cursor === undefined ? wanted : { ...wanted, ...placeIn(cursor) };
    const rows = await readEntries(this.database, page, PAGE_BYTES_MAX);
    const last = rows.at(-1);
    if (last !== undefined && last.found > rows.length) {
      call.linkNext(encodeCursor([last.at.toISOString(), last.entryId]));
    }
    return rows.map(entryOf);
  }
}
