import { askAs, makeCustomers, type OpenShop } from '@jangteo/tools';

/** The part of the answer of GET /admin/audit that is read here. */
interface AuditReport {
  readonly isSound: boolean;
  readonly checks: readonly { readonly name: string; readonly isSound: boolean }[];
  readonly unanswered: readonly { readonly service: string; readonly reason: string }[];
}

/** Problems that the shop's own auditor finds. */
export async function auditProblems(stack: OpenShop): Promise<string[]> {
  const [admin] = await makeCustomers(stack, 1, 'admin');
  const url = `${stack.urls[0] ?? ''}/admin/audit`;
  const report = await askAs<AuditReport>(url, admin?.token ?? '', 'GET').catch((error: unknown) =>
    String(error),
  );
  if (typeof report === 'string') return [report];
  if (report.isSound) return [];
  return [
    ...report.unanswered.map(({ service, reason }) => `${service}: ${reason}`),
    ...report.checks.filter(({ isSound }) => !isSound).map((check) => JSON.stringify(check).slice(0, 500)),
  ];
}
