import type { Outcome } from '@jangteo/contracts';

/** Something that can be wrong with what is asked, and how it is put right. */
export interface Fault<S> {
  /** A question whose answer is yes while it is wrong. */
  readonly question: string;
  right(asked: S): S;
}

/** A check, in its turn, and the code with which it refuses. */
export interface Check {
  readonly question: string;
  readonly code: string;
}

const keyOf = (outcome: Outcome): string => JSON.stringify(outcome.ok ? 'done' : outcome.refusal);

/**
 * Finds the checks of a decision in their order: with everything wrong it refuses for the first one, with that put right
 * for the next one, and so on until it is done.
 *
 * @throws Error where what is refused is none of these faults, or a fault is never looked at
 */
export function checksOf<S>(
  asked: S,
  faults: readonly Fault<S>[],
  decide: (asked: S) => Outcome,
): readonly Check[] {
  const outcome = decide(asked);
  if (outcome.ok) {
    if (faults.length === 0) return [];
    throw new Error(`nothing is refused for: ${faults.map(({ question }) => question).join(', ')}`);
  }
  const { code, detail = '' } = outcome.refusal;
  const met = faults.filter(({ right }) => keyOf(decide(right(asked))) !== keyOf(outcome));
  const [fault] = met;
  if (fault === undefined || met.length > 1) {
    throw new Error(`${code} (${detail}) is refused for ${met.length} of the faults`);
  }
  const others = faults.filter((other) => other !== fault);
  return [{ question: fault.question, code }, ...checksOf(fault.right(asked), others, decide)];
}

/** Lines of a flowchart: one check after the other, from the node `from` to the node `to`. */
export function chain(checks: readonly Check[], from: string, to: string): string[] {
  const nodes = checks.map((_, index) => `${from}${index + 1}`);
  return checks.flatMap(({ question, code }, index) => [
    `${index === 0 ? from : `${nodes[index - 1]} -- no`} --> ${nodes[index]}{{"${question}"}}`,
    `${nodes[index]} -- yes --> ${nodes[index]}r["${code}"]:::refused`,
    ...(index === checks.length - 1 ? [`${nodes[index]} -- no --> ${to}`] : []),
  ]);
}
