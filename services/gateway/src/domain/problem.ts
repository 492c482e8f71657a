import { REFUSALS, type Refusal } from '@jangteo/contracts';
import { inKorean, TITLES } from './korean.js';
import type { Language } from './language.js';

/** An RFC 9457 problem: what every answer that is not a success carries. */
export interface Problem extends Refusal {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

/** In place of a message that nobody has translated. */
const NOT_RIGHT = '올바르지 않은 값입니다';

/** A refusal as the client gets it. Its status and title come from the one table of codes. */
export function problemOf(refusal: Refusal, language: Language = 'en'): Problem {
  const problem = inEnglish(refusal);
  if (language === 'en') return problem;
  const { errors } = problem;
  const title = TITLES[problem.code];
  return {
    ...problem,
    title,
    // That of a later release or of a payment provider is left out, and the title says what happened.
    detail: inKorean(problem.detail) ?? title,
    ...(errors && {
      errors: errors.map(({ path, message }) => ({ path, message: inKorean(message) ?? NOT_RIGHT })),
    }),
  };
}

function inEnglish(refusal: Refusal): Problem {
  const { status, title } = REFUSALS[refusal.code];
  // A code of a later release is in the detail, and in no document.
  const { code, detail = title, unknownCode: _later, ...more } = refusal;
  return { type: `urn:jangteo:problem:${code}`, title, status, detail, code, ...more };
}
