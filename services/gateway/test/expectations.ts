import { expect } from '@jest/globals';
import { REFUSAL_CODES, REFUSALS, type RefusalCode } from '@jangteo/contracts';
import type { Answer, Problem } from '@jangteo/testkit';

/** Our insides, which must never be read in an answer. */
export const INSIDES =
  /\bat .*\.[jt]s:\d|node_modules|SELECT |INSERT |UPDATE |violates|ECONN|jangteo_|Error:/;

/** Checks that an answer is an RFC 9457 problem with one of the documented codes and that code's status. */
export function expectAnyProblem({ status, body, headers }: Answer<unknown>): Problem {
  const problem = body as Problem;
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(REFUSAL_CODES).toContain(problem.code);
  const { status: documented, title } = REFUSALS[problem.code as RefusalCode];
  expect({ status, code: problem.code }).toEqual({ status: documented, code: problem.code });
  expect(problem).toMatchObject({ status, title, detail: expect.any(String), type: expect.any(String) });
  expect(JSON.stringify(body)).not.toMatch(INSIDES);
  expect(headers.get('x-request-id')).toEqual(expect.stringMatching(/./));
  return problem;
}

/** Checks that an answer is a problem with exactly this code. */
export function expectProblem(answer: Answer<unknown>, code: RefusalCode): Problem {
  expect(answer.body).toMatchObject({ code });
  return expectAnyProblem(answer);
}

/** Counts the answers of a race by status and code. */
export function tally(answers: readonly Answer<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const { code } = body as Partial<Problem>;
    const key = code === undefined ? String(status) : `${status} ${code}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** The path of a list's next page, from its Link header. */
export function nextPath({ headers }: Answer<unknown>): string | undefined {
  const target = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  if (target === undefined) return undefined;
  const { pathname, search } = new URL(target, 'http://shop.invalid');
  return `${pathname}${search}`;
}

/**
 * Checks the answer to a request that was sent many times at once under one Idempotency-Key: it is that of
 * the first, or says that the first is still running.
 */
export function expectRepeat(answer: Answer<unknown>, first: Answer<unknown>): void {
  if (answer.status === 409) expectProblem(answer, 'IDEMPOTENCY_KEY_IN_USE');
  else expect([answer.status, answer.body]).toEqual([first.status, first.body]);
}
