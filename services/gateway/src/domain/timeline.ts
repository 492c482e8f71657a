import {
  PARTICIPANTS,
  SAGA_STEPS,
  type AskedCommand,
  type DeadLetterOfOrder,
  type DecidedCommand,
  type OrderHistoryEntry,
  type OrderRows,
  type OrderWay,
  type Participant,
  type WrittenRow,
} from '@jangteo/contracts';
import { whyOf, type End, type FailedAt, type Text, type Undone } from './why.js';

/** The version of the form of a timeline: programs read files that were exported long ago. */
export const TIMELINE_VERSION = 1;

/** The answers of the participants, or why there is none. */
export type Answers = Readonly<Record<Participant, { readonly rows: OrderRows } | { readonly away: string }>>;

export type StepState = 'TO_COME' | 'AWAITED' | 'DONE' | 'REFUSED' | 'GIVEN_UP';

/** What is known of the decision: `BARRED` where the undo came first, `UNKNOWN` where nobody could be asked. */
export type Decision = 'NONE' | 'DONE' | 'REFUSED' | 'BARRED' | 'UNKNOWN';

export interface TimelineStep {
  readonly step: string;
  readonly service?: Participant;
  readonly isUndo: boolean;
  readonly state: StepState;
  readonly asked?: AskedCommand['asked'];
  readonly askedAt?: string;
  readonly sends?: number;
  readonly sentAt?: string;
  readonly lookAgainAt?: string;
  readonly deadlineAt?: string;
  readonly decision: Decision;
  readonly decidedAt?: string;
  readonly answeredAt?: string;
  readonly clocksApartMs?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly subtotal?: number;
  readonly discount?: number;
  readonly balanceAfter?: number;
  readonly key?: string;
}

export interface Timeline {
  readonly version: typeof TIMELINE_VERSION;
  readonly orderId: string;
  readonly orderStatus: OrderWay['order']['orderStatus'];
  readonly readAt: string;
  readonly why: Text & { readonly code?: string; readonly step?: string };
  readonly placed: OrderWay['placed'];
  readonly cancelled?: OrderWay['cancelled'];
  readonly steps: readonly TimelineStep[];
  readonly owed: readonly { readonly kind: 'COMMAND' | 'EVENT'; readonly name: string }[];
  readonly records: OrderWay['records'];
  readonly unanswered: readonly { readonly service: Participant; readonly reason: string }[];
  readonly notRecorded: readonly string[];
  readonly requestId?: string;
  readonly traceparent?: string;
  readonly rows?: readonly (WrittenRow & { readonly service: Participant })[];
  readonly deadLetters?: readonly (DeadLetterOfOrder & { readonly service: Participant | 'order' })[];
  readonly nudges?: OrderWay['nudges'];
  readonly redrives?: OrderWay['redrives'];
}

/** Clocks that differ by no more are not worth a word: times are to the millisecond, and rounded. */
const APART_MS = 2;

const serviceOf = (command: string): Participant | undefined =>
  PARTICIPANTS.find((service) => command.startsWith(`${service}.`));

const rowsOf = (answer: Answers[Participant]): OrderRows | undefined =>
  'rows' in answer ? answer.rows : undefined;

/** At least how far two clocks are apart, by a decision that seems made before it was asked for or after its answer. */
function apartMs(asked: string, decided: string, answered: string | undefined): number | undefined {
  const before = Date.parse(asked) - Date.parse(decided);
  const after = answered === undefined ? 0 : Date.parse(decided) - Date.parse(answered);
  const apart = Math.max(before, after);
  return apart > APART_MS ? apart : undefined;
}

function stateOf({ answeredAt, code, isGivenUp }: AskedCommand): StepState {
  if (isGivenUp) return 'GIVEN_UP';
  if (answeredAt === undefined) return 'AWAITED';
  return code === undefined ? 'DONE' : 'REFUSED';
}

function decisionOf(answer: Answers[Participant] | undefined, decided: DecidedCommand | undefined): Decision {
  if (answer === undefined || 'away' in answer) return 'UNKNOWN';
  if (decided === undefined) return 'NONE';
  if (decided.code === undefined) return 'DONE';
  return decided.code === 'ORDER_TIMED_OUT' ? 'BARRED' : 'REFUSED';
}

/** What goes from the decision as it is. */
function toldOf({ code, detail, subtotal, discount, balanceAfter }: DecidedCommand): Partial<TimelineStep> {
  return { code, detail, subtotal, discount, balanceAfter } as Partial<TimelineStep>;
}

function stepOf(
  command: AskedCommand,
  answers: Answers,
  { saga, redrives }: OrderWay,
  isStaff: boolean,
): TimelineStep {
  const { name: step, isUndo, asked, askedAt, answeredAt, sends, sentAt } = command;
  const service = serviceOf(command.command);
  const answer = service && answers[service];
  const decided = answer && rowsOf(answer)?.decided.find((one) => one.command === command.command);
  const state = stateOf(command);
  const waits = state === 'AWAITED' ? { sends, sentAt, lookAgainAt: saga?.lookAgainAt } : {};
  const deadline = state === 'AWAITED' && !isUndo ? { deadlineAt: saga?.deadlineAt } : {};
  // After a restore it was decided anew, long after its answer had been heard.
  const isRedriven = redrives.some((redriven) => redriven.command === step);
  return present({
    step,
    service,
    isUndo,
    state,
    asked,
    askedAt,
    ...waits,
    ...deadline,
    decision: decisionOf(answer, decided),
    decidedAt: decided?.decidedAt,
    answeredAt,
    clocksApartMs: decided && apartMs(askedAt, decided.decidedAt, isRedriven ? undefined : answeredAt),
    ...(decided === undefined ? { code: command.code } : toldOf(decided)),
    key: isStaff ? decided?.key : undefined,
  });
}

/** Without the fields that are not known. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** What these commands are about, of the three that an order may take. */
function thingsOf(commands: readonly Pick<AskedCommand, 'command'>[]): Undone {
  const [stock, coupon, money] = (['catalog', 'coupon', 'wallet'] as const).map((service) =>
    commands.some(({ command }) => serviceOf(command) === service),
  );
  if (!stock) return 'NOTHING';
  if (coupon) return money ? 'STOCK_COUPON_MONEY' : 'STOCK_COUPON';
  return money ? 'STOCK_MONEY' : 'STOCK';
}

const ACTION_NAMES = SAGA_STEPS.map(({ names: [action] }) => action);

function placeOf(step: string | undefined): FailedAt {
  return ACTION_NAMES.find((name) => name === step) ?? 'BEFORE';
}

/** What became of an order, in the words of the table. */
export function endOf({ order, failed, cancelled, commands }: OrderWay): End {
  const undos = commands.filter(({ isUndo }) => isUndo);
  const isUndone = undos.every(({ answeredAt }) => answeredAt !== undefined);
  const undone = thingsOf(undos);
  if (failed !== undefined) {
    return { kind: 'FAILED', reason: failed.reason, failedAt: placeOf(failed.step), undone, isUndone };
  }
  if (cancelled !== undefined) return { kind: 'CANCELLED', by: cancelled.by, undone, isUndone };
  const actions = commands.filter(({ isUndo }) => !isUndo);
  if (order.orderStatus !== 'PENDING') return { kind: 'SUCCESS', taken: thingsOf(actions) };
  const awaits = placeOf(actions.at(-1)?.name);
  return { kind: 'PENDING', awaits: awaits === 'BEFORE' ? SAGA_STEPS[0].names[0] : awaits };
}

/** What no row holds, or none any more: it is said rather than guessed. */
function notRecordedIn({ saga, commands }: OrderWay): string[] {
  const isAnswered = commands.some(({ answeredAt, isGivenUp }) => answeredAt !== undefined || isGivenUp);
  return [
    ...(isAnswered ? ['sends'] : []),
    ...(saga === undefined ? ['deadlineAt', 'requestId', 'traceparent'] : []),
    ...(commands.length > 0 ? ['receivedAt', 'stockBefore', 'stockAfter'] : []),
  ];
}

function forStaff(way: OrderWay, answers: Answers): Partial<Timeline> {
  const known = PARTICIPANTS.flatMap((service) => {
    const rows = rowsOf(answers[service]);
    return rows === undefined ? [] : [{ service, rows }];
  });
  const deadLetters = [
    ...way.deadLetters.map((letter) => ({ ...letter, service: 'order' as const })),
    ...known.flatMap(({ service, rows }) => rows.deadLetters.map((letter) => ({ ...letter, service }))),
  ];
  return present<Partial<Timeline>>({
    requestId: way.saga?.requestId,
    traceparent: way.saga?.traceparent,
    rows: known.flatMap(({ service, rows }) => rows.rows.map((row) => ({ ...row, service }))),
    deadLetters,
    nudges: way.nudges,
    redrives: way.redrives,
  });
}

/** Who placed or cancelled it: customers are told the role, not who of those who run the shop it was. */
function whoFor<W extends OrderWay['placed']>(who: W, isStaff: boolean): W {
  if (isStaff || who.by === 'customer') return who;
  const { actorId: _, ...rest } = who;
  return rest as W;
}

/** An entry of an order's history, as {@link whoFor} has it. */
export function entryFor<E extends Pick<OrderHistoryEntry, 'changedBy' | 'actorId'>>(
  entry: E,
  isStaff: boolean,
): E {
  if (isStaff || entry.changedBy === 'customer') return entry;
  const { actorId: _, ...rest } = entry;
  return rest as E;
}

/**
 * Composes the timeline of an order of what its owners have stored. Who is away is named, and what only they know is
 * unknown.
 *
 * @param isStaff whether it is for those who run the shop, who also see ids of messages, keys, traces and rows
 */
export function timelineOf(way: OrderWay, answers: Answers, isStaff: boolean): Timeline {
  const { order, readAt, placed, cancelled, failed, commands, toCome, saga, records } = way;
  const { en, ko } = whyOf(endOf(way));
  const unanswered = PARTICIPANTS.flatMap((service) => {
    const answer = answers[service];
    return 'away' in answer ? [{ service, reason: answer.away }] : [];
  });
  return present<Timeline>({
    version: TIMELINE_VERSION,
    orderId: order.orderId,
    orderStatus: order.orderStatus,
    readAt,
    why: present<Timeline['why']>({ en, ko, code: failed?.reason, step: failed?.step }),
    placed: whoFor(placed, isStaff),
    cancelled: cancelled && whoFor(cancelled, isStaff),
    steps: [
      ...commands.map((command) => stepOf(command, answers, way, isStaff)),
      ...toCome.map((step) => ({
        step,
        isUndo: false,
        state: 'TO_COME' as const,
        decision: 'NONE' as const,
      })),
    ],
    owed: [
      ...(saga?.awaits ?? []).map((name) => ({ kind: 'COMMAND' as const, name })),
      ...(saga?.owedEvents ?? []).map((name) => ({ kind: 'EVENT' as const, name })),
    ],
    records,
    unanswered,
    notRecorded: notRecordedIn(way),
    ...(isStaff ? forStaff(way, answers) : {}),
  });
}
