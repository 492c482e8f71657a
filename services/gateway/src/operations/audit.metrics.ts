import { Gauge } from 'prom-client';
import type { AuditReport } from '../domain/audit-report.js';

const findings = new Gauge({
  name: 'jangteo_audit_findings',
  help: 'What the last audit found, by check; a check that could not be made is not shown. To alert on',
  labelNames: ['check'] as const,
});

const unanswered = new Gauge({
  name: 'jangteo_audit_services_unanswered',
  help: 'Services that the last audit could not ask',
});

const lastSuccess = new Gauge({
  name: 'jangteo_audit_last_success_timestamp_seconds',
  help: 'When the last audit began in which every service answered, whatever was found. To alert on its age',
});

const interval = new Gauge({
  name: 'jangteo_audit_interval_seconds',
  help: 'From one audit to the next, as it is wanted or as the books allow it; 0 where none is made',
});

export const showAuditInterval = (milliseconds: number): void => interval.set(milliseconds / 1_000);

export function showAudit(report: AuditReport): void {
  findings.reset();
  for (const check of report.checks) {
    if (check.unanswered.length === 0) findings.set({ check: check.name }, check.findings);
  }
  unanswered.set(report.unanswered.length);
  if (report.unanswered.length === 0) lastSuccess.set(Date.parse(report.checkedAt) / 1_000);
}
