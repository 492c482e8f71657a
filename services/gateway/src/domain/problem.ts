import { REFUSALS, type Refusal } from '@jangteo/contracts';

/** An RFC 9457 problem: what every answer that is not a success carries. */
export interface Problem extends Refusal {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

/** A refusal as the client gets it. Its status and title come from the one table of codes. */
export function problemOf(refusal: Refusal): Problem {
  const { status, title } = REFUSALS[refusal.code];
  // A code of a later release is in the detail, and in no document.
  const { code, detail = title, unknownCode: _later, ...more } = refusal;
  return { type: `urn:jangteo:problem:${code}`, title, status, detail, code, ...more };
}
