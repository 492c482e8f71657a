import type { OrderTimeline, TimelineStep } from '@jangteo/client';
import type { CommandName } from '../operations/commands.js';
import { rowsOf, undoneBy, type Mark, type StepMark, type TimelineModel } from './model.js';
import type { TimelineWords } from './words.js';

type Line = NonNullable<NonNullable<TimelineStep['asked']>['items']>[number];

/** How things are said: the words of a language, and what a timeline does not hold. */
export interface Telling {
  readonly words: TimelineWords;
  money(amount: number): string;
  /** What a code of a refusal means. */
  reasonOf(code: string): string;
  /** The name of a line's product, where it is known. */
  nameOf(line: Line): string | undefined;
}

/** More lines of an order are counted instead of named. */
const LINES_TOLD = 3;

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000] as const;

/** A length of time in at most two units: `3 ms`, `2.0 s`, `3 min 12 s`. */
export function lengthOf(ms: number, { units }: TimelineWords): string {
  const length = Math.abs(Math.round(ms));
  const pair = (large: number, small: number, names: readonly [string, string]): string => {
    const [whole, rest] = [Math.floor(length / large), Math.floor((length % large) / small)];
    return rest === 0 ? `${whole}${names[0]}` : `${whole}${names[0]} ${rest}${names[1]}`;
  };
  if (length < SECOND) return `${length}${units.ms}`;
  if (length < 10 * SECOND) return `${(Math.floor(length / 10) / 100).toFixed(2)}${units.s}`;
  if (length < MINUTE) return `${(Math.floor(length / 100) / 10).toFixed(1)}${units.s}`;
  if (length < HOUR) return pair(MINUTE, SECOND, [units.min, units.s]);
  if (length < DAY) return pair(HOUR, MINUTE, [units.h, units.min]);
  return pair(DAY, HOUR, [units.d, units.h]);
}

/** A length with its sign, a minus where a clock is behind. */
export const offsetOf = (ms: number, words: TimelineWords): string =>
  `${ms < 0 ? '−' : '+'}${lengthOf(ms, words)}`;

/** A long id so that one can tell it from others made in the same second. */
export const shortId = (id: string): string => (id.length <= 16 ? id : `${id.slice(0, 8)}…${id.slice(-6)}`);

export function lineOf(line: Line, { words, nameOf }: Telling): string {
  const name = nameOf(line) ?? words.things.product(shortId(line.productId));
  return words.things.line(String(line.quantity), name);
}

/** The balance before and after: of the ledger's row where it is shown, of the outcome otherwise. */
export function balanceOf(model: TimelineModel, mark: StepMark): { before?: number; after?: number } {
  const row = rowsOf(model, mark).find(({ table }) => table === 'ledger');
  const after = row?.balanceAfter ?? mark.step.balanceAfter;
  return {
    ...(row?.balanceBefore === undefined ? {} : { before: row.balanceBefore }),
    ...(after === undefined ? {} : { after }),
  };
}

function balanceTold(model: TimelineModel, mark: StepMark, { words, money }: Telling): string {
  const { before, after } = balanceOf(model, mark);
  if (after === undefined) return '';
  const { things } = words;
  return before === undefined
    ? things.balanceAfter(money(after))
    : things.balance(money(before), money(after));
}

/** What a step is about: lines, a coupon, an amount; with what became of it where it is done. */
function thingsOf(model: TimelineModel, mark: StepMark, telling: Telling): string {
  const { words, money } = telling;
  const { asked = {}, discount, state } = mark.step;
  const parts: string[] = [];
  const { items = [], userCouponId, amount } = asked;
  const isCut = items.length > LINES_TOLD + 1;
  parts.push(...items.slice(0, isCut ? LINES_TOLD : items.length).map((line) => lineOf(line, telling)));
  if (isCut) parts.push(words.things.more(items.length - LINES_TOLD));
  if (userCouponId !== undefined) {
    const coupon = words.things.coupon(shortId(userCouponId));
    parts.push(discount === undefined ? coupon : `${coupon} ${words.things.less(money(discount))}`);
  }
  if (amount !== undefined) {
    const balance = state === 'DONE' ? balanceTold(model, mark, telling) : '';
    parts.push(`${money(amount)} ${balance}`.trim());
  }
  return parts.join(', ');
}

/** What a step is called, and that it is done; of a later release's by its name. */
export const stepWordsOf = ({ step }: TimelineStep, { steps, otherStep }: TimelineWords) =>
  Object.hasOwn(steps, step) ? steps[step as CommandName] : otherStep(step);

function stepTold(model: TimelineModel, mark: StepMark, telling: Telling): string {
  const { words } = telling;
  const { state, isUndo, code } = mark.step;
  const reason = code === undefined ? words.notRecorded : telling.reasonOf(code);
  const its = stepWordsOf(mark.step, words);
  const things = thingsOf(model, mark, telling);
  switch (state) {
    case 'TO_COME':
      return words.toCome(its, things);
    case 'AWAITED':
      return words.awaited(its, things);
    case 'REFUSED':
      return words.refused(its, things, reason);
    case 'GIVEN_UP':
      return words.givenUp(its, things);
    case 'DONE':
      break;
  }
  if (!isUndo) return words.done(its, things);
  const undone = undoneBy(mark);
  if (undone === 'NOTHING') return words.undoneNothing;
  return undone === 'UNKNOWN' ? words.undoneUnknown : words.done(its, things);
}

function endTold(status: OrderTimeline['orderStatus'], words: TimelineWords): string {
  if (status === 'SUCCESS') return words.succeeded;
  return status === 'FAILED' ? words.failed : words.cancelEnded;
}

/** What a mark says, without who and when. */
export function sentenceOf(model: TimelineModel, mark: Mark, telling: Telling): string {
  const { words } = telling;
  switch (mark.kind) {
    case 'step':
      return stepTold(model, mark, telling);
    case 'placed':
      return mark.by === 'customer' ? words.placed : words.placedBy(mark.by);
    case 'cancelled':
      return mark.by === 'customer' ? words.cancelled : words.cancelledBy(mark.by);
    case 'ended':
      return endTold(mark.status, words);
    case 'counted':
      return words.counted(mark.row.id.slice(mark.row.id.lastIndexOf('/') + 1));
    case 'record': {
      const { type, sequence, isSent } = mark.record;
      return isSent ? words.record(type, String(sequence ?? words.notRecorded)) : words.recordWaiting(type);
    }
    case 'deadLetter':
      return words.deadLetter(mark.letter.type, words.letterStates[mark.letter.state]);
    case 'nudge':
      return words.nudge;
    case 'redrive':
      return mark.code === undefined
        ? words.redrive(mark.command)
        : words.redriveRefused(mark.command, telling.reasonOf(mark.code));
  }
}

/** When a mark happened, as the list says it. */
export function whenTold(mark: Mark, words: TimelineWords): string {
  if (mark.at !== undefined) return offsetOf(mark.at.ms, words);
  return mark.kind === 'step' && mark.step.state === 'TO_COME' ? words.stillToCome : words.notRecorded;
}

/** A line of the ordered list: `3. +3 ms Catalog reserved 2 × cup`. */
export interface ToldMark {
  readonly mark: Mark;
  readonly number: number;
  readonly when: string;
  readonly who: string;
  readonly what: string;
}

export function listOf(model: TimelineModel, telling: Telling): ToldMark[] {
  const { words } = telling;
  return model.marks.map((mark, index) => ({
    mark,
    number: index + 1,
    when: whenTold(mark, words),
    who: words.lanes[mark.lane],
    what: [sentenceOf(model, mark, telling), ...waitingTold(model, mark, words)].join(' · '),
  }));
}

/** How often an awaited step was sent, and how long it is waited for. */
function waitingTold(model: TimelineModel, mark: Mark, words: TimelineWords): string[] {
  if (mark.kind !== 'step' || mark.step.state !== 'AWAITED') return [];
  const sends = sendsTold(mark, words, Date.parse(model.timeline.placed.at));
  return [sends, countdownOf(model, mark, words)].filter((told) => told !== undefined);
}

/** How often a step was sent, and when, as far as rows tell; `undefined` where they do not. */
export function sendsTold(
  { step, asked }: StepMark,
  words: TimelineWords,
  placedMs: number,
): string | undefined {
  const { sends, sentAt } = step;
  if (sends === undefined) return undefined;
  const count = words.sentTimes(sends);
  if (asked === undefined) return count;
  const last = sentAt === undefined ? undefined : Date.parse(sentAt) - placedMs;
  const times = [asked.ms, ...(sends > 1 && last !== undefined ? [last] : [])].map((ms) =>
    offsetOf(ms, words),
  );
  return `${count}: ${times.join(', ')}${sends > 2 ? ` (${words.sentBetween})` : ''}`;
}

/** What limits the trust in a timeline. */
export function notesOf({ timeline, marks }: TimelineModel, words: TimelineWords): string[] {
  const apart = marks.flatMap((mark) => {
    if (mark.kind !== 'step' || mark.step.clocksApartMs === undefined) return [];
    return [
      words.notes.apart(words.lanes[mark.lane], lengthOf(mark.step.clocksApartMs, words), mark.step.step),
    ];
  });
  const redriven = new Set(timeline.redrives?.map(({ command }) => command));
  const missing = timeline.notRecorded.map((field) => words.fields[field] ?? field);
  return [
    ...(timeline.steps.length > 0 ? [words.notes.clocks] : []),
    ...apart,
    ...timeline.unanswered.map(({ service, reason }) => words.notes.away(words.lanes[service], reason)),
    ...[...redriven].map((step) => words.notes.redriven(step)),
    ...(missing.length > 0 ? [words.notes.notRecorded(missing.join(', '))] : []),
  ];
}

/** What stands beside a mark in the lanes: in short, and of what is awaited how often it was sent, and until when. */
export function labelOf(model: TimelineModel, mark: Mark, telling: Telling): string {
  const { words } = telling;
  if (mark.kind === 'ended') return words.statuses[mark.status];
  if (mark.kind !== 'step' || mark.step.state !== 'AWAITED') return sentenceOf(model, mark, telling);
  return [stepWordsOf(mark.step, words).ask, ...waitingTold(model, mark, words)].join(' · ');
}

/** How long until a step is given up, or looked after again; of what is awaited alone. */
export function countdownOf(
  { nowMs, timeline }: TimelineModel,
  { step }: StepMark,
  words: TimelineWords,
): string | undefined {
  if (nowMs === undefined || step.state !== 'AWAITED') return undefined;
  const leftOf = (iso: string): number => Date.parse(iso) - Date.parse(timeline.placed.at) - nowMs;
  if (step.deadlineAt !== undefined) {
    const leftMs = leftOf(step.deadlineAt);
    const told = lengthOf(leftMs, words);
    return leftMs < 0 ? words.shouldHaveGivenUp(told) : words.givesUpIn(told);
  }
  const leftMs = step.lookAgainAt === undefined ? -1 : leftOf(step.lookAgainAt);
  return leftMs < 0 ? undefined : words.sendsAgainIn(lengthOf(leftMs, words));
}
