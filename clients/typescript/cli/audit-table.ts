import type { AuditCheck, AuditReport } from '../src/index.js';
import { harmless } from './table.js';

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

const STANDINGS: Readonly<Record<NonNullable<AuditCheck['notCompared']>['reason'], string>> = {
  AWAY: 'do not answer',
  GAPS: 'have not counted all records yet',
  BEHIND: 'are not that far yet',
};

/** `wallet 12 rows, balance 5,000, ledger 5,000 · …` */
function seenIn({ seen }: AuditCheck): string {
  const places = seen.map(({ service, rows, sums }) => {
    const named = Object.entries(sums).map(([name, sum]) => `${name} ${grouped(sum)}`);
    return [`${service} ${grouped(String(rows))} rows`, ...named].join(', ');
  });
  return places.join(' · ');
}

function verdictOf({ findings, unanswered, notCompared }: AuditCheck): string {
  if (unanswered.length > 0) return '?';
  if (notCompared !== undefined && notCompared.from === undefined) return '-';
  return findings === 0 ? 'ok' : `${findings} WRONG`;
}

function leftOut({ notCompared }: AuditCheck): string[] {
  if (notCompared === undefined) return [];
  const { reason, from } = notCompared;
  return [
    `    not compared${from === undefined ? '' : ` from ${from} on`}: the statistics ${STANDINGS[reason]}`,
  ];
}

function lastLine({ isSound, checkedAt, tookMs, checks }: AuditReport): string {
  const wrong = checks.filter(({ findings }) => findings > 0).length;
  const said = isSound ? 'The books are sound' : wrong > 0 ? 'The books are NOT SOUND' : 'Not all is known';
  return `${said}, as of ${checkedAt} (${(tookMs / 1_000).toFixed(1)} s).`;
}

/** A line a check, what is wrong under it, and at the end who could not be asked. */
export function auditTable(report: AuditReport): string {
  const { checks, unanswered } = report;
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const verdictWidth = Math.max(...checks.map((check) => verdictOf(check).length));
  const lines = checks.flatMap((check) => {
    const { name, about, examples, findings } = check;
    const head =
      `  ${name.padEnd(nameWidth)}  ${verdictOf(check).padEnd(verdictWidth)}  ${seenIn(check)}`.trimEnd();
    if (findings === 0) return [head, ...leftOut(check)];
    const named = examples.map(({ key, problem }) => `      ${harmless(`${key} ${problem}`)}`);
    const rest = findings - examples.length;
    return [
      head,
      `    ${about}. But:`,
      ...named,
      ...(rest > 0 ? [`      and ${rest} more`] : []),
      ...leftOut(check),
    ];
  });
  const away = unanswered.map(({ service, reason }) => `  ${service} ${reason}`);
  return [...lines, ...away, lastLine(report)].join('\n');
}
