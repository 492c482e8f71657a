import type { CommandName } from './steps.js';

/**
 * Time without any answer after which none is expected: three tries of a message (ATTEMPTS_MAX), each of which may take
 * BATCH_DEADLINE_MS of 30 s, and pauses. By then whoever took a command has answered or parked it, unless its database is
 * away or somebody holds what it needs.
 */
const SILENCE_MAX_MS = 120_000;

/** How many commands were unanswered, and since when as many are. */
export interface Silence {
  readonly unanswered: number;
  readonly since: Date;
}

/** What is unanswered now: so many, of these commands. */
export interface Unanswered {
  readonly now: Date;
  readonly count: number;
  readonly commands: readonly CommandName[];
}

/** The silence as it goes on; it begins anew with each answer. */
export function heard(before: Silence, { now, count }: Unanswered): Silence {
  return before.unanswered === count ? before : { unanswered: count, since: now };
}

export function isLong({ since }: Silence, now: Date): boolean {
  return now.getTime() - since.getTime() > SILENCE_MAX_MS;
}
