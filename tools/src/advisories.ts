/** As npm names them, the least first. */
const SEVERITIES = ['info', 'low', 'moderate', 'high', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** An advisory that is known and borne for the time being. */
export interface Allowance {
  /** `GHSA-…`. */
  readonly advisory: string;
  readonly package: string;
  readonly reason: string;
  /** The last day on which it is borne: `YYYY-MM-DD`. */
  readonly until: string;
}

export interface Advisory {
  readonly id: string;
  readonly package: string;
  readonly title: string;
  readonly severity: Severity;
}

/** The result of an audit; `unasked` when the registry did not answer it. */
export type Verdict =
  | { readonly kind: 'unasked'; readonly reason: string }
  | {
      readonly kind: 'judged';
      readonly failures: readonly string[];
      readonly notes: readonly string[];
    };

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** An advisory that npm cannot grade counts as the worst. */
const severityOf = (value: unknown): Severity => SEVERITIES.find((known) => known === value) ?? 'critical';

const rankOf = (severity: Severity): number => SEVERITIES.indexOf(severity);

function advisoryOf(via: unknown): Advisory | undefined {
  // A string names another package of the report, where the advisory itself stands.
  if (!isObject(via)) return undefined;
  const url = textOf(via.url) ?? '';
  const id = /GHSA(?:-[a-z0-9]+)+/i.exec(url)?.[0] ?? `npm-${String(via.source)}`;
  return {
    id,
    package: textOf(via.name) ?? '?',
    title: textOf(via.title) ?? url,
    severity: severityOf(via.severity),
  };
}

/**
 * Every advisory of a report of `npm audit --json`, once each.
 *
 * @returns a text that says why there is no report
 */
export function advisoriesIn(output: string): readonly Advisory[] | string {
  let report: unknown;
  try {
    report = JSON.parse(output);
  } catch {
    return 'npm audit said nothing that can be read';
  }
  if (!isObject(report)) return 'npm audit said nothing that can be read';
  const { vulnerabilities } = report;
  if (report.auditReportVersion !== 2 || !isObject(vulnerabilities)) {
    const error = isObject(report.error) ? textOf(report.error.summary) : undefined;
    return textOf(report.message) || error || 'npm audit gave no report of version 2';
  }
  const found = new Map<string, Advisory>();
  for (const vulnerability of Object.values(vulnerabilities)) {
    const vias = isObject(vulnerability) && Array.isArray(vulnerability.via) ? vulnerability.via : [];
    for (const via of vias as unknown[]) {
      const advisory = advisoryOf(via);
      if (advisory !== undefined) found.set(`${advisory.id} ${advisory.package}`, advisory);
    }
  }
  return [...found.values()];
}

/**
 * Decides on what `npm audit --json` has written.
 *
 * @param bar from which severity on an advisory fails that is not allowed
 * @param today `YYYY-MM-DD`
 */
export function judge(output: string, bar: Severity, allowed: readonly Allowance[], today: string): Verdict {
  const advisories = advisoriesIn(output);
  if (typeof advisories === 'string') return { kind: 'unasked', reason: advisories };
  const failures: string[] = [];
  const notes: string[] = [];
  for (const advisory of advisories) {
    const line = `${advisory.severity}: ${advisory.package}: ${advisory.title} (${advisory.id})`;
    const allowance = allowed.find((one) => one.advisory === advisory.id && one.package === advisory.package);
    if (rankOf(advisory.severity) < rankOf(bar)) notes.push(line);
    else if (allowance === undefined) failures.push(line);
    else if (allowance.until < today) failures.push(`${line}: was allowed until ${allowance.until}`);
    else notes.push(`${line}: allowed until ${allowance.until}: ${allowance.reason}`);
  }
  return { kind: 'judged', failures, notes };
}

/** Failures where nobody could be asked: none, unless somebody counts on the answer. */
export function unaskedFailures(what: string, isRequired: boolean): string[] {
  return isRequired ? [`nobody could be asked about ${what}, and ADVISORIES_REQUIRED is true`] : [];
}

/** Allowances that no report asks for any more. */
export function unneeded(outputs: readonly string[], allowed: readonly Allowance[]): readonly Allowance[] {
  const reports = outputs.map(advisoriesIn);
  if (reports.some((report) => typeof report === 'string')) return [];
  const found = reports.flatMap((report) => (typeof report === 'string' ? [] : report));
  return allowed.filter(
    (one) => !found.some(({ id, package: name }) => id === one.advisory && name === one.package),
  );
}
