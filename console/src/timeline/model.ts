import type { OrderTimeline, TimelineStep } from '@jangteo/client';
import { serviceOfCommand } from '../operations/commands.js';

/** Who takes part, from above to below. `client` is whoever called the API, `platform` the data platform. */
export const LANES = ['client', 'order', 'catalog', 'coupon', 'wallet', 'ranking', 'platform'] as const;

export type Lane = (typeof LANES)[number];

export type Tone = 'neutral' | 'working' | 'done' | 'undone' | 'act';

/** A time that some row holds. */
export interface Moment {
  readonly iso: string;
  /** Milliseconds since the order was placed; negative where its clock is behind. */
  readonly ms: number;
  /** Whose clock it is by. */
  readonly clock: Lane;
}

interface Common {
  readonly id: string;
  readonly lane: Lane;
  readonly tone: Tone;
  /** When it happened; absent where no row holds that, or it is still to come. */
  readonly at?: Moment;
}

/** How a step is drawn, in milliseconds since the order was placed. */
export interface Span {
  readonly fromMs: number;
  /** When it was decided, moved between its neighbours where the clocks are apart. */
  readonly decidedMs?: number;
  readonly toMs: number;
  /** Whether it goes on. */
  readonly isOpen: boolean;
}

export interface StepMark extends Common {
  readonly kind: 'step';
  readonly step: TimelineStep;
  readonly asked?: Moment;
  readonly decided?: Moment;
  readonly answered?: Moment;
  readonly span?: Span;
  /** Of an undo: the mark of the step that it takes back. */
  readonly undoes?: StepMark;
}

export type Mark =
  | StepMark
  | (Common & { readonly kind: 'placed' | 'cancelled'; readonly by: string; readonly actorId?: string })
  | (Common & { readonly kind: 'ended'; readonly status: OrderTimeline['orderStatus'] })
  | (Common & { readonly kind: 'counted'; readonly row: RowOf })
  | (Common & { readonly kind: 'record'; readonly record: OrderTimeline['records'][number] })
  | (Common & { readonly kind: 'deadLetter'; readonly letter: LetterOf })
  | (Common & { readonly kind: 'nudge'; readonly by: string })
  | (Common & {
      readonly kind: 'redrive';
      readonly command: string;
      readonly by: string;
      readonly code?: string;
    });

export type RowOf = NonNullable<OrderTimeline['rows']>[number];
export type LetterOf = NonNullable<OrderTimeline['deadLetters']>[number];

export interface TimelineModel {
  readonly timeline: OrderTimeline;
  /** In the order in which they happened; those without a time at the end. */
  readonly marks: readonly Mark[];
  /** Whether something is awaited still. */
  readonly isInFlight: boolean;
  /** Milliseconds since the order was placed; of one in flight alone. */
  readonly nowMs?: number;
  readonly deadlineMs?: number;
  readonly lookAgainMs?: number;
}

/** The lane of a step; the timeline itself does not name the service of one that is still to come. */
const laneOf = ({ step, service }: TimelineStep): Lane => service ?? serviceOfCommand(step) ?? 'order';

/** Reads times since one moment. */
class Since {
  readonly #startMs: number;

  constructor(iso: string) {
    this.#startMs = Date.parse(iso);
  }

  at(iso: string, clock: Lane): Moment {
    return { iso, ms: Date.parse(iso) - this.#startMs, clock };
  }

  maybe(iso: string | undefined, clock: Lane): Moment | undefined {
    return iso === undefined ? undefined : this.at(iso, clock);
  }
}

const between = (least: number, value: number, most: number): number =>
  Math.max(least, Math.min(value, Math.max(least, most)));

function toneOf({ state, isUndo }: TimelineStep): Tone {
  switch (state) {
    case 'TO_COME':
      return 'neutral';
    case 'AWAITED':
      return 'working';
    case 'DONE':
      return isUndo ? 'undone' : 'done';
    case 'REFUSED':
    case 'GIVEN_UP':
      return 'undone';
  }
}

interface Times {
  readonly asked?: Moment;
  readonly decided?: Moment;
  readonly answered?: Moment;
  /** When it was given up: what was sent then instead says so. */
  readonly givenUpMs?: number;
  readonly nowMs: number;
}

function spanOf({ asked, decided, answered, givenUpMs, nowMs }: Times): Span | undefined {
  if (asked === undefined) return undefined;
  const fromMs = asked.ms;
  if (answered !== undefined) {
    const toMs = Math.max(fromMs, answered.ms);
    return {
      fromMs,
      ...(decided === undefined ? {} : { decidedMs: between(fromMs, decided.ms, toMs) }),
      toMs,
      isOpen: false,
    };
  }
  const decidedMs = decided && Math.max(fromMs, decided.ms);
  if (givenUpMs !== undefined) {
    return {
      fromMs,
      ...(decidedMs === undefined ? {} : { decidedMs }),
      toMs: Math.max(fromMs, givenUpMs, decidedMs ?? 0),
      isOpen: false,
    };
  }
  const toMs = Math.max(fromMs, nowMs);
  return {
    fromMs,
    ...(decidedMs === undefined ? {} : { decidedMs: Math.min(decidedMs, toMs) }),
    toMs,
    isOpen: true,
  };
}

/** The marks of steps and undos, in the order of the timeline. */
function stepMarks(timeline: OrderTimeline, since: Since, nowMs: number): StepMark[] {
  const marks: StepMark[] = [];
  timeline.steps.forEach((step, index) => {
    const lane = laneOf(step);
    const isRedriven = timeline.redrives?.some(({ command }) => command === step.step) ?? false;
    const asked = since.maybe(step.askedAt, 'order');
    const answered = since.maybe(step.answeredAt, 'order');
    const decided = since.maybe(step.decidedAt, lane);
    const undoAfter = timeline.steps.slice(index + 1).find(({ isUndo }) => isUndo)?.askedAt;
    const givenUp = step.state === 'GIVEN_UP' ? since.maybe(undoAfter, 'order') : undefined;
    // What was decided anew after a restore says nothing of when it was decided first, and what was barred was not done.
    const first = isRedriven || step.decision === 'BARRED' ? undefined : decided;
    const span = spanOf({
      ...(asked === undefined ? {} : { asked }),
      ...(first === undefined ? {} : { decided: first }),
      ...(answered === undefined ? {} : { answered }),
      ...(givenUp === undefined ? {} : { givenUpMs: givenUp.ms }),
      nowMs,
    });
    const undoes = step.isUndo
      ? marks.findLast((mark) => mark.lane === lane && !mark.step.isUndo)
      : undefined;
    const at = givenUp ?? first ?? answered ?? asked;
    marks.push({
      kind: 'step',
      id: `step-${index}`,
      lane,
      tone: toneOf(step),
      step,
      ...(at === undefined ? {} : { at }),
      ...(asked === undefined ? {} : { asked }),
      ...(decided === undefined ? {} : { decided }),
      ...(answered === undefined ? {} : { answered }),
      ...(span === undefined ? {} : { span }),
      ...(undoes === undefined ? {} : { undoes }),
    });
  });
  return marks;
}

/** The last of these answers, by the order service's clock. */
function lastAnswer(marks: readonly StepMark[]): Moment | undefined {
  return marks.reduce<Moment | undefined>(
    (last, { answered }) =>
      answered !== undefined && answered.ms >= (last?.ms ?? -Infinity) ? answered : last,
    undefined,
  );
}

function endedMark(status: OrderTimeline['orderStatus'], marks: readonly StepMark[], id = 'ended'): Mark {
  const at = lastAnswer(marks);
  const tone = status === 'SUCCESS' ? 'done' : 'undone';
  return { kind: 'ended', id, lane: 'order', tone, status, ...(at === undefined ? {} : { at }) };
}

/** The end that an order has come to, and the success before its cancellation. */
function endsOf({ orderStatus, cancelled }: OrderTimeline, marks: readonly StepMark[]): Mark[] {
  const actions = marks.filter(({ step }) => !step.isUndo);
  const undos = marks.filter(({ step }) => step.isUndo);
  const success = orderStatus === 'SUCCESS' || cancelled ? [endedMark('SUCCESS', actions, 'succeeded')] : [];
  if (orderStatus === 'PENDING' || orderStatus === 'SUCCESS') return success;
  return [...success, endedMark(orderStatus, undos.length > 0 ? undos : actions)];
}

/** What operators and faults did to it. */
function mendings({ deadLetters = [], nudges = [], redrives = [] }: OrderTimeline, since: Since): Mark[] {
  return [
    ...deadLetters.map((letter): Mark => {
      const { service: lane, deadLetterId, state, parkedAt } = letter;
      const tone = state === 'WAITING' ? 'act' : 'neutral';
      return {
        kind: 'deadLetter',
        id: `letter-${deadLetterId}`,
        lane,
        tone,
        letter,
        at: since.at(parkedAt, lane),
      };
    }),
    ...nudges.map(({ at, by }, index): Mark => ({
      kind: 'nudge',
      id: `nudge-${index}`,
      lane: 'order',
      tone: 'neutral',
      by,
      at: since.at(at, 'order'),
    })),
    ...redrives.map(({ command, at, by, code }, index): Mark => ({
      kind: 'redrive',
      id: `redrive-${index}`,
      lane: 'order',
      tone: code === undefined ? 'neutral' : 'undone',
      command,
      by,
      ...(code === undefined ? {} : { code }),
      at: since.at(at, 'order'),
    })),
  ];
}

/** What was told of it once it had ended; when is in no row. */
function tellings({ rows = [], records }: OrderTimeline): Mark[] {
  return [
    ...rows
      .filter(({ service }) => service === 'ranking')
      .map((row): Mark => ({ kind: 'counted', id: `counted-${row.id}`, lane: 'ranking', tone: 'done', row })),
    ...records.map((record, index): Mark => ({
      kind: 'record',
      id: `record-${index}`,
      lane: 'platform',
      tone: record.isSent ? 'done' : 'working',
      record,
    })),
  ];
}

/** Where a mark stands among the others: a step where it is drawn, so that clocks that are apart move none. */
function placeMs(mark: Mark): number {
  if (mark.kind === 'step' && mark.span !== undefined) {
    const { fromMs, decidedMs, toMs, isOpen } = mark.span;
    if (mark.step.state === 'GIVEN_UP') return mark.at!.ms;
    return decidedMs ?? (isOpen ? fromMs : toMs);
  }
  return mark.at?.ms ?? Infinity;
}

/**
 * Lays out what a timeline tells as marks in lanes.
 *
 * @param now the order service's present, in milliseconds since the epoch; when the timeline was read by default
 */
export function modelOf(timeline: OrderTimeline, now: number = Date.parse(timeline.readAt)): TimelineModel {
  const { placed, cancelled, steps, orderStatus } = timeline;
  const since = new Since(placed.at);
  const nowMs = now - Date.parse(placed.at);
  const marksOfSteps = stepMarks(timeline, since, nowMs);
  const isUndo = ({ step }: StepMark): boolean => step.isUndo;
  const [success, ...ends] = endsOf(timeline, marksOfSteps);
  const isSuccess = success?.id === 'succeeded';
  const who = ({ at, by, actorId }: OrderTimeline['placed']) => ({
    lane: 'client' as const,
    by,
    ...(actorId === undefined ? {} : { actorId }),
    at: since.at(at, 'order'),
  });
  const marks: Mark[] = [
    { kind: 'placed', id: 'placed', tone: 'neutral', ...who(placed) },
    ...marksOfSteps.filter((mark) => !isUndo(mark)),
    ...(isSuccess ? [success] : []),
    ...(cancelled
      ? [{ kind: 'cancelled' as const, id: 'cancelled', tone: 'neutral' as const, ...who(cancelled) }]
      : []),
    ...marksOfSteps.filter(isUndo),
    ...(success === undefined || isSuccess ? ends : [success]),
    ...mendings(timeline, since),
    ...tellings(timeline),
  ];
  const awaited = steps.filter(({ state }) => state === 'AWAITED');
  const isInFlight = orderStatus === 'PENDING' || awaited.length > 0;
  const first = (field: 'deadlineAt' | 'lookAgainAt'): number | undefined => {
    const times = awaited.flatMap((step) => step[field] ?? []).map((iso) => since.at(iso, 'order').ms);
    return times.length === 0 ? undefined : Math.min(...times);
  };
  const [deadlineMs, lookAgainMs] = [first('deadlineAt'), first('lookAgainAt')];
  return {
    timeline,
    marks: marks.toSorted((a, b) => {
      const [left, right] = [placeMs(a), placeMs(b)];
      return left === right ? 0 : left - right;
    }),
    isInFlight,
    ...(isInFlight ? { nowMs } : {}),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(lookAgainMs === undefined ? {} : { lookAgainMs }),
  };
}

/** The row that a step wrote, where those are shown: the ledger's by its amount, others by their one table. */
export function rowsOf({ timeline }: TimelineModel, { lane, step }: StepMark): RowOf[] {
  const rows = (timeline.rows ?? []).filter(({ service }) => service === lane);
  if (lane !== 'wallet') return step.isUndo ? rows.filter(({ undoneAt }) => undoneAt !== undefined) : rows;
  return rows.filter(({ amount = 0 }) => (step.isUndo ? amount > 0 : amount < 0));
}

/** What an undo came to: what had been taken went back, nothing had been taken, or that is not known. */
export function undoneBy({ step, undoes }: StepMark): 'GAVE_BACK' | 'NOTHING' | 'UNKNOWN' {
  const its = undoes?.step;
  if (its === undefined) return 'UNKNOWN';
  if (its.decision === 'DONE') return 'GAVE_BACK';
  if (its.decision === 'REFUSED' || its.decision === 'BARRED') return 'NOTHING';
  // It has an outcome of the undo and none of the step: that never came.
  if (its.decision === 'NONE' && step.decision === 'DONE') return 'NOTHING';
  return its.state === 'DONE' ? 'GAVE_BACK' : 'UNKNOWN';
}
