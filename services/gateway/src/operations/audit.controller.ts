/*
 * GET /admin/audit                 viewer   200
 * GET /admin/audit/proof/:service  viewer   200
 */
import { Get, Param, Query } from '@nestjs/common';
import { auditProofs, id, isAudited, type ProofSeen } from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { auditProof, auditReport } from './responses.js';
import { AuditHandler } from './audit.handler.js';
import type { AuditReport } from '../domain/audit-report.js';
import { isAtLeast } from '../domain/caller.js';
import { Call, FromCall } from '../http/request-context.js';
import { servicePath } from './dead-letters.controller.js';
import { Upstream } from '../http/upstream.js';

export const proofQuery = z
  .strictObject({ source: z.string().min(1).max(100).optional(), after: id.optional() })
  .refine(({ source, after }) => (source === undefined) === (after === undefined), {
    message: 'source and after belong together',
  });

@Api()
export class AuditController {
  constructor(
    private readonly auditor: AuditHandler,
    private readonly upstream: Upstream,
  ) {}

  @Get('admin/audit')
  @Documented({
    id: 'auditShop',
    summary: 'Audits the books of all services',
    description:
      'Each service checks its own books, and what several must agree on is compared between them; orders may go ' +
      'on meanwhile. A service that does not answer leaves its checks unknown. One audit is made at a time; ' +
      'viewers are answered with one that ended in the last five seconds, where there is one.',
    answer: auditReport,
  })
  async audit(@FromCall() call: Call): Promise<AuditReport> {
    return await (isAtLeast(call.caller.role, 'operator') ? this.auditor.audit() : this.auditor.recent());
  }

  @Get('admin/audit/proof/:service')
  @Documented({
    id: 'proveAudit',
    summary: 'Proves the sums that a service keeps for audits',
    description:
      'An audit trusts the sums that each service keeps of what has come to rest. This counts the next of these rows ' +
      'again and says where the sums differ: from the first one on, or from the `next` of the answer before. A ' +
      'service is proved when an answer has no `next`, and none of them differences.',
    answer: auditProof,
  })
  async prove(
    @FromCall() call: Call,
    @Param({ schema: servicePath }) { service }: z.infer<typeof servicePath>,
    @Query({ schema: proofQuery }) { source, after }: z.infer<typeof proofQuery>,
  ): Promise<ProofSeen> {
    // Who has no books has nothing to prove.
    if (!isAudited(service)) return { rows: 0, differences: [] };
    const place = source === undefined || after === undefined ? {} : { place: { source, after } };
    return await this.upstream.ask(auditProofs[service], place, call);
  }
}
