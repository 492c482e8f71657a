import { auditBy, makeCustomers, shopAs, type OpenShop } from '@jangteo/tools';

/** Problems that the shop's own auditor finds. */
export async function auditProblems(stack: OpenShop): Promise<string[]> {
  const [admin] = await makeCustomers(stack, 1, 'admin');
  const shop = shopAs(stack.urls[0] ?? '', admin?.token ?? '');
  const report = await auditBy(shop).catch((error: unknown) => String(error));
  if (typeof report === 'string') return [report];
  if (report.isSound) return [];
  return [
    ...report.unanswered.map(({ service, reason }) => `${service}: ${reason}`),
    ...report.checks.filter(({ isSound }) => !isSound).map((check) => JSON.stringify(check).slice(0, 500)),
  ];
}
