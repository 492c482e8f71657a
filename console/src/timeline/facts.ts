import { rowsOf, type Mark, type Moment, type RowOf, type StepMark, type TimelineModel } from './model.js';
import { balanceOf, lengthOf, lineOf, offsetOf, sendsTold, type Telling } from './tell.js';

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** The whole time, for those who want it to the millisecond. */
  readonly iso?: string;
  /** Whose clock the time is by. */
  readonly clock?: string;
  /** Whether it is for programs: an id, a key, a name of a table. */
  readonly isCode?: boolean;
  /** Whether no row holds it. */
  readonly isMissing?: boolean;
}

export interface Facts {
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** Collects facts, and leaves out what is not there. */
class Sheet {
  readonly #facts: Fact[] = [];

  constructor(
    readonly telling: Telling,
    readonly placedMs: number,
  ) {}

  text(label: string, value: string | undefined): this {
    if (value !== undefined && value !== '') this.#facts.push({ label, value });
    return this;
  }

  code(label: string, value: string | undefined): this {
    if (value !== undefined) this.#facts.push({ label, value, isCode: true });
    return this;
  }

  money(label: string, value: number | undefined): this {
    return this.text(label, value === undefined ? undefined : this.telling.money(value));
  }

  moment(label: string, moment: Moment | undefined): this {
    if (moment === undefined) return this;
    const { words } = this.telling;
    const { iso, ms, clock } = moment;
    this.#facts.push({ label, value: offsetOf(ms, words), iso, clock: words.clocks[clock] });
    return this;
  }

  time(label: string, iso: string | undefined, clock: Moment['clock']): this {
    return iso === undefined ? this : this.moment(label, { iso, ms: Date.parse(iso) - this.placedMs, clock });
  }

  missing(label: string): this {
    this.#facts.push({ label, value: this.telling.words.notRecorded, isMissing: true });
    return this;
  }

  titled(title: string): Facts[] {
    return this.#facts.length === 0 ? [] : [{ title, facts: this.#facts }];
  }
}

function stepFacts(model: TimelineModel, mark: StepMark, sheet: () => Sheet, telling: Telling): Facts[] {
  const { words, money } = telling;
  const { facts } = words;
  const { step, asked, decided, answered, lane } = mark;
  const { before, after } = balanceOf(model, mark);
  const isRecorded = (field: string): boolean => !model.timeline.notRecorded.includes(field);
  const what = sheet();
  for (const line of step.asked?.items ?? []) what.text(facts.what, lineOf(line, telling));
  what
    .code(facts.userCouponId, step.asked?.userCouponId)
    .money(facts.amount, step.asked?.amount)
    .moment(facts.sentAt, asked);
  const answer = sheet()
    .text(facts.state, words.states[step.state])
    .text(facts.decision, step.state === 'TO_COME' ? undefined : words.decisions[step.decision]);
  if (asked !== undefined && !isRecorded('receivedAt')) answer.missing(facts.begunAt);
  answer.moment(facts.decidedAt, decided).moment(facts.answeredAt, answered);
  if (asked !== undefined && answered !== undefined) {
    answer.text(facts.took, lengthOf(answered.ms - asked.ms, words));
  }
  answer
    .code(facts.code, step.code)
    .text(facts.detail, step.detail)
    .money(facts.subtotal, step.subtotal)
    .money(facts.discount, step.discount)
    .text(
      facts.balance,
      after === undefined
        ? undefined
        : `${before === undefined ? words.notRecorded : money(before)} → ${money(after)}`,
    );
  if (lane === 'catalog' && step.state === 'DONE' && !isRecorded('stockBefore')) answer.missing(facts.stock);
  answer.code(facts.key, step.key);
  const tries = sheet();
  const sends = sendsTold(mark, words, Date.parse(model.timeline.placed.at));
  if (sends !== undefined) tries.text(facts.sends, sends);
  else if (asked !== undefined) tries.missing(facts.sends);
  tries.time(facts.lookAgainAt, step.lookAgainAt, 'order').time(facts.deadlineAt, step.deadlineAt, 'order');
  return [
    ...what.titled(facts.asked),
    ...answer.titled(facts.answered),
    ...tries.titled(facts.tries),
    ...(step.state === 'DONE' ? rowsOf(model, mark).flatMap((row) => rowFacts(row, sheet(), telling)) : []),
  ];
}

function rowFacts(row: RowOf, sheet: Sheet, { words, money }: Telling): Facts[] {
  const { facts } = words;
  const { service, table, id, writtenAt, undoneAt, optionId, quantity, userCouponId, discount, amount } = row;
  sheet.code(facts.table, `${service}.${table}`).code(facts.rowId, id);
  if (writtenAt === undefined) sheet.missing(facts.writtenAt);
  return sheet
    .time(facts.writtenAt, writtenAt, service)
    .time(facts.undoneAt, undoneAt, service)
    .code(facts.optionId, optionId)
    .text(facts.quantity, quantity === undefined ? undefined : String(quantity))
    .code(facts.userCouponId, userCouponId)
    .text(facts.discount, discount === undefined ? undefined : money(discount))
    .text(facts.amount, amount === undefined ? undefined : money(amount))
    .titled(facts.row);
}

function otherFacts(mark: Exclude<Mark, StepMark>, sheet: Sheet, telling: Telling): Facts[] {
  const { words } = telling;
  const { facts } = words;
  const title = words.page.what;
  const at = (label: string): Sheet =>
    mark.at === undefined ? sheet.missing(label) : sheet.moment(label, mark.at);
  switch (mark.kind) {
    case 'placed':
    case 'cancelled':
      return at(facts.at).text(facts.by, mark.by).code(facts.byId, mark.actorId).titled(title);
    case 'ended':
      return at(facts.at).text(facts.status, words.statuses[mark.status]).titled(title);
    case 'counted':
      return rowFacts(mark.row, sheet, telling);
    case 'record': {
      const { type, sequence, isSent } = mark.record;
      at(facts.at).code(facts.messageType, type);
      if (sequence === undefined) sheet.missing(facts.sequence);
      else sheet.text(facts.sequence, String(sequence));
      return sheet.text(facts.confirmed, isSent ? facts.yes : facts.no).titled(title);
    }
    case 'deadLetter': {
      const { type, messageId, reason, state, settledAt, deadLetterId, service } = mark.letter;
      return at(facts.parkedAt)
        .code(facts.messageType, type)
        .code(facts.messageId, messageId)
        .text(facts.reason, reason)
        .text(facts.state, words.letterStates[state])
        .time(facts.settledAt, settledAt, service)
        .code(facts.rowId, deadLetterId)
        .titled(facts.message);
    }
    case 'nudge':
      return at(facts.at).code(facts.byId, mark.by).titled(title);
    case 'redrive':
      return at(facts.at)
        .code(facts.what, mark.command)
        .code(facts.byId, mark.by)
        .code(facts.code, mark.code)
        .titled(title);
  }
}

/** The id of a trace, of a header of the W3C. */
export const traceIdOf = (traceparent: string | undefined): string | undefined =>
  /^[\da-f]{2}-([\da-f]{32})-/.exec(traceparent ?? '')?.[1];

function traceFacts({ timeline }: TimelineModel, sheet: Sheet, { words }: Telling): Facts[] {
  const { facts } = words;
  const { requestId, traceparent, notRecorded } = timeline;
  if (notRecorded.includes('traceparent')) return sheet.missing(facts.traceId).titled(facts.trace);
  return sheet
    .code(facts.traceId, traceIdOf(traceparent))
    .code(facts.requestId, requestId)
    .titled(facts.trace);
}

/** All that a timeline holds of a mark, in groups. */
export function factsOf(model: TimelineModel, mark: Mark, telling: Telling): Facts[] {
  const sheet = (): Sheet => new Sheet(telling, Date.parse(model.timeline.placed.at));
  const its =
    mark.kind === 'step' ? stepFacts(model, mark, sheet, telling) : otherFacts(mark, sheet(), telling);
  return [...its, ...traceFacts(model, sheet(), telling)];
}
