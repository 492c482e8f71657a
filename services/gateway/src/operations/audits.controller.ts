/*
 * GET /admin/audits            viewer   200
 * GET /admin/audits/:auditId   viewer   200
 */
import { Get, Param, Query } from '@nestjs/common';
import { id } from '@jangteo/contracts';
import { cutPage, Database } from '@jangteo/database';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { listed, told, type ListedAudit, type ToldAudit } from '../domain/audit-report.js';
import { Api } from '../http/access.guard.js';
import { idBefore } from '../http/newest-first.js';
import { Refused } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { auditInShort, toldAudit } from './responses.js';
import { cursorLike, pageQuery, type PageQuery } from '../openapi/schemas.js';
import { listAudits, readKeptAudit } from './audit.queries.js';

export const auditsQuery = pageQuery.extend({ cursor: cursorLike('byId') });
export const auditPath = z.object({ auditId: id });

@Api()
export class AuditsController {
  constructor(private readonly database: Database) {}

  @Get('admin/audits')
  @Documented({
    id: 'listAudits',
    summary: 'Reads what the latest audits found, newest first',
    description:
      'The last thousand, whether somebody asked for them or they were made by themselves, and of those before them ' +
      'the last hundred that were not sound.',
    answer: z.array(auditInShort),
  })
  async list(
    @FromCall() call: Call,
    @Query({ schema: auditsQuery }) { limit, cursor }: PageQuery,
  ): Promise<ListedAudit[]> {
    const rows = await listAudits(this.database, idBefore(cursor), limit + 1);
    const { rows: audits, next } = cutPage(rows, limit, ({ auditId }) => [auditId]);
    call.linkNext(next);
    return audits.map(({ auditId, report }) => listed(auditId, report));
  }

  @Get('admin/audits/:auditId')
  @Documented({
    id: 'readAudit',
    summary: 'Reads what an audit found, each thing that must hold as a sentence with what both sides have',
    refuses: ['AUDIT_NOT_FOUND'],
    answer: toldAudit,
  })
  async read(@Param({ schema: auditPath }) { auditId }: z.infer<typeof auditPath>): Promise<ToldAudit> {
    const report = await readKeptAudit(this.database, auditId);
    if (report === undefined) throw new Refused({ code: 'AUDIT_NOT_FOUND' });
    return told(auditId, report);
  }
}
