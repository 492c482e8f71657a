import type { OperationOfStaff } from '@jangteo/client';
import type { Tone } from '../ui/Status.js';

/** What one call of several did, each of which the shop takes a bounded number for. */
export interface Round {
  readonly sent: number;
  /** How many there still are for later rounds; undefined where the shop does not say. */
  readonly left?: number;
  /** How many are never sent. */
  readonly unsendable?: number;
  readonly operationId: string;
  /** With what the next round is asked for; undefined after the last. */
  readonly next?: string | undefined;
}

/** Something that was asked for of many, as far as it has come. */
export interface Progress {
  /** How many were meant. */
  readonly requested: number;
  readonly sent: number;
  readonly unsendable: number;
  /** The calls so far, by which the shop tells what became of each. */
  readonly operationIds: readonly string[];
  readonly isUnderWay: boolean;
  /** With what it goes on after it was stopped by an error. */
  readonly next?: string | undefined;
  readonly error?: unknown;
}

export const begun = (requested: number): Progress => ({
  requested,
  sent: 0,
  unsendable: 0,
  operationIds: [],
  isUnderWay: true,
});

/** The first round says how many there are by now, later ones that there are more than were counted; a round that sent none is the last, whatever is left. */
export function afterRound(progress: Progress, round: Round): Progress {
  const { operationIds } = progress;
  const { left } = round;
  const sent = progress.sent + round.sent;
  const isFirst = operationIds.length === 0;
  const next = round.sent === 0 ? undefined : round.next;
  return {
    requested: Math.max(isFirst && left !== undefined ? 0 : progress.requested, sent + (left ?? 0)),
    sent,
    unsendable: round.unsendable ?? progress.unsendable,
    operationIds: [...operationIds, round.operationId],
    isUnderWay: next !== undefined,
    next,
  };
}

export const stopped = (progress: Progress, error: unknown): Progress => ({
  ...progress,
  isUnderWay: false,
  error,
});

/** The same, going on after an error. */
export function resumed({ error: _, ...progress }: Progress): Progress {
  return { ...progress, isUnderWay: true };
}

const FATES = ['tookEffect', 'refused', 'decidedBefore', 'cameBack', 'open'] as const;
export type Fate = (typeof FATES)[number];
/** How many were sent, by the rows of those who got them, and what became of them. */
export type Fates = Readonly<Record<Fate | 'sent', number>>;

/** What became of all that these calls have sent. */
export function fatesOf(operations: readonly OperationOfStaff[]): Fates {
  const sums = (['sent', ...FATES] as const).map((fate) => [
    fate,
    operations.reduce((sum, one) => sum + one[fate], 0),
  ]);
  return Object.fromEntries(sums) as Fates;
}

export interface Stage {
  readonly id: 'requested' | 'sending' | 'sent' | 'unsendable' | Fate;
  readonly count: number;
  /** Of how many. */
  readonly of?: number;
  readonly tone: Tone;
}

const TONES: Readonly<Record<Fate, Tone>> = {
  tookEffect: 'done',
  refused: 'undone',
  decidedBefore: 'neutral',
  cameBack: 'act',
  open: 'working',
};

/**
 * The stages of it in their order: what was asked, how much of it is sent, what became of that. None is told that is
 * not known, or not needed.
 */
export function stagesOf(
  { requested, unsendable, isUnderWay, ...progress }: Progress,
  fates?: Fates,
): Stage[] {
  // Somebody else may have sent one a moment before: then this call has not.
  const sent = isUnderWay ? progress.sent : (fates?.sent ?? progress.sent);
  const sending: Stage = isUnderWay
    ? { id: 'sending', count: sent, of: requested, tone: 'working' }
    : { id: 'sent', count: sent, ...(sent === requested ? {} : { of: requested }), tone: 'neutral' };
  const told = fates === undefined ? [] : FATES.filter((fate) => fates[fate] > 0 || fate === 'tookEffect');
  return [
    { id: 'requested', count: requested, tone: 'neutral' },
    sending,
    ...(unsendable > 0 ? [{ id: 'unsendable', count: unsendable, tone: 'undone' } as const] : []),
    ...told.map((fate): Stage => ({
      id: fate,
      count: fates![fate],
      tone: fates![fate] === 0 ? 'neutral' : TONES[fate],
    })),
  ];
}

/** What of a call became known when it is read for itself: it counts as one that is over. */
export function progressOf(operation: OperationOfStaff): Progress {
  const { asked = operation.sent, sent, operationId } = operation;
  return { requested: asked, sent, unsendable: 0, operationIds: [operationId], isUnderWay: false };
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Milliseconds after which a call is worth another look; undefined once nothing of it is open. */
export function lookAgainMs({ open, startedAt }: OperationOfStaff, now: number): number | undefined {
  if (open === 0) return undefined;
  const age = now - Date.parse(startedAt);
  if (age < MINUTE_MS) return SECOND_MS;
  return age < 10 * MINUTE_MS ? 5 * SECOND_MS : MINUTE_MS;
}
