/** A finding of schemathesis in one operation. */
export interface Finding {
  /** As schemathesis calls it: `JsonSchemaError`. */
  readonly type: string;
  /** `GET /products` */
  readonly operation: string;
}

/** Explains why findings of a kind are no faults. */
export interface Explanation {
  readonly type: string;
  /** Those that are meant; a `*` stands for anything. */
  readonly operation: string;
  readonly because: string;
}

interface Report {
  readonly complete: boolean;
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly { readonly type: string; readonly operations: readonly string[] }[];
  readonly errors: readonly unknown[];
}

export interface Examined {
  readonly cases: number;
  readonly findings: readonly Finding[];
}

/** @throws Error where it did not get to the end */
export function readReport(text: string): Examined {
  const { complete, test_cases: cases, failures, errors } = JSON.parse(text) as Report;
  if (!complete || errors.length > 0) throw new Error(`not all was tested: ${JSON.stringify(errors)}`);
  const findings = failures.flatMap(({ type, operations }) =>
    operations.map((operation) => ({ type, operation })),
  );
  return { cases: cases.generated, findings };
}

function explains({ type, operation }: Explanation, finding: Finding): boolean {
  const parts = operation.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return type === finding.type && new RegExp(`^${parts.join('.*')}$`).test(finding.operation);
}

/** Those that nobody has explained. */
export function unexplained(findings: readonly Finding[], explanations: readonly Explanation[]): Finding[] {
  return findings.filter((finding) => !explanations.some((one) => explains(one, finding)));
}
