/*
 * GET /admin/audit   admin   200
 */
import { Get } from '@nestjs/common';
import { Documented } from '@jangteo/service';
import { Api, ForAdmins } from './access.guard.js';
import { auditReport } from './answers.js';
import { AuditHandler } from './audit.handler.js';
import type { AuditReport } from './audit.run.js';

@Api()
export class AuditController {
  constructor(private readonly auditor: AuditHandler) {}

  @Get('admin/audit')
  @ForAdmins()
  @Documented({
    id: 'auditShop',
    summary: 'Audits the books of all services',
    description:
      'Each service checks its own books, and what several must agree on is compared between them; orders may go ' +
      'on meanwhile. A service that does not answer leaves its checks unknown. One audit is made at a time.',
    answer: auditReport,
  })
  async audit(): Promise<AuditReport> {
    return await this.auditor.audit();
  }
}
