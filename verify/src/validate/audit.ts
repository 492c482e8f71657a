import { eventually } from '@jangteo/testkit';
import { auditBy, makeCustomers, shopAs, type OpenShop } from '@jangteo/tools';
import type { Invariant } from '../report/invariants.js';

/** A ranking that was just started looks once before it knows what is missing. */
const COMPARES = { deadlineMs: 240_000, everyMs: 2_000 };

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

/** Whether the auditor compares the statistics with the ranking, as far as hours are over, and finds nothing. */
export async function auditedStatistics(stack: OpenShop): Promise<Invariant> {
  const [admin] = await makeCustomers(stack, 1, 'admin');
  const shop = shopAs(stack.urls[0] ?? '', admin?.token ?? '');
  let its = 'nothing';
  const isCompared = async (): Promise<boolean> => {
    const check = (await auditBy(shop)).checks.find(({ name }) => name === 'statistics');
    its = JSON.stringify(check)?.slice(0, 500) ?? 'nothing';
    return check !== undefined && check.isSound && check.notCompared === undefined;
  };
  const problems = await eventually(isCompared, COMPARES).then(
    () => [],
    () => [its],
  );
  return { name: 'audited', says: 'the audit compares the statistics, and finds nothing', problems };
}
