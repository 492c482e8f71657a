import {
  BOOK_PARTS,
  BOOK_RULES,
  disagreements,
  EXAMPLES_MAX,
  PARTS_ASKED_MAX,
  type AuditedService,
  type BookComparison,
  type ColumnSeen,
  type NotCompared,
  type PartsSeen,
  type RuleSeen,
} from '@jangteo/contracts';

/** Figures seen in one place, for people to compare. */
export interface Seen {
  readonly service: AuditedService;
  readonly what: string;
  readonly rows: number;
  /** Sums by name, in decimal digits: they may be more than a number holds exactly. */
  readonly sums: Readonly<Record<string, string>>;
}

export interface Example {
  /** Of an order, a user, an option, a coupon: what the check is about. */
  readonly key: string;
  readonly problem: string;
}

/** The result of one check. It is neither sound nor has findings where its services did not all answer. */
export interface Check {
  readonly name: string;
  readonly about: string;
  readonly isSound: boolean;
  readonly findings: number;
  readonly examples: readonly Example[];
  readonly seen: readonly Seen[];
  /** The services that could not be asked: the check is then unknown. */
  readonly unanswered: readonly AuditedService[];
  /** What of it could not be looked at, without anything of the shop being wrong or away. */
  readonly notCompared?: NotCompared;
}

/**
 * The checks that a service makes of its own books.
 * @param seen by rule; nothing where it did not answer, or is of a release that does not know the rule
 */
export function ownChecks(service: AuditedService, seen: Readonly<Record<string, RuleSeen>> = {}): Check[] {
  return BOOK_RULES.filter((one) => one.service === service).flatMap((asked): Check | [] => {
    const { name, about, isOptional, problem = `breaks the rule in the books of ${service}` } = asked;
    const rule = seen[name];
    if (rule === undefined) return isOptional ? [] : unknown({ name, about }, [], [service]);
    const { rows, figures, broken, examples, notCompared } = rule;
    return {
      name,
      about,
      isSound: broken === 0,
      findings: broken,
      examples: examples.map((key) => ({ key, problem })),
      seen: [{ service, what: name, rows, sums: figures }],
      unanswered: [],
      ...(notCompared && { notCompared }),
    };
  });
}

export function unknown(
  { name, about }: Pick<Check, 'name' | 'about'>,
  seen: readonly Seen[],
  unanswered: readonly AuditedService[],
): Check {
  return { name, about, isSound: false, findings: 0, examples: [], seen, unanswered };
}

/** The columns of a comparison's sides, as far as they were answered. */
export type Columns = readonly [ColumnSeen | undefined, ColumnSeen | undefined];

/** Totals of both sides of a comparison. */
export function seenOf({ sides }: BookComparison, columns: Columns): Seen[] {
  return sides.flatMap(({ service, column: what }, side) => {
    const column = columns[side];
    return column === undefined
      ? []
      : [{ service, what, rows: column.rows, sums: { [what]: column.amount } }];
  });
}

/** The services of a comparison that have not said what is needed for it. */
export function missingFrom({ sides }: BookComparison, columns: Columns): AuditedService[] {
  const missing = sides.filter((_, side) => columns[side] === undefined);
  return [...new Set(missing.map(({ service }) => service))];
}

/** So many rows at a time are no burden to anybody, whatever there is of them. */
const ROWS_READ_MAX = 40_000;

/** The parts in which two columns differ, as many at a time as are looked into at a time. */
export function differingParts(one: ColumnSeen, other: ColumnSeen): number[][] {
  return inGroups(differingIn([one, other]), one, other);
}

export type Both = readonly [ColumnSeen, ColumnSeen];

function differingIn([one, other]: Both): number[] {
  const all = new Set([...Object.keys(one.digests), ...Object.keys(other.digests)]);
  return [...all].filter((part) => one.digests[part] !== other.digests[part]).map(Number);
}

/** Of the parts that differ, those that still do, and in which nothing has happened meanwhile. */
export function stillDiffering(before: Both, now: Both): number[][] {
  const isSame = (part: number): boolean =>
    now.every(({ digests }, side) => digests[part] === before[side]?.digests[part]);
  return inGroups(differingIn(now).filter(isSame), ...now);
}

/** The last order whose sums are kept on either side: what came after it is what is cheap to look into. */
export function sealedTo(columns: Both): string | undefined {
  return columns.reduce<string | undefined>(
    (last, { sealedTo: its }) => (its !== undefined && (last === undefined || its > last) ? its : last),
    undefined,
  );
}

function inGroups(parts: readonly number[], one: ColumnSeen, other: ColumnSeen): number[][] {
  const rowsOfPart = Math.max(1, one.rows, other.rows) / BOOK_PARTS;
  const size = Math.max(1, Math.min(PARTS_ASKED_MAX, Math.floor(ROWS_READ_MAX / rowsOfPart)));
  return Array.from({ length: Math.ceil(parts.length / size) }, (_, index) =>
    parts.slice(index * size, (index + 1) * size),
  );
}

/** The parts that differ, as each side has them; the orders' side first. */
export type Look = readonly [PartsSeen, PartsSeen];

type Pair = readonly [string | undefined, string | undefined];

/** Finds where the two sides disagree, orders that are on their way left aside: by key, what each side has. */
export function differing(look: Look): Map<string, Pair> {
  const [{ entries: one }, { entries: other }] = look;
  const moving = new Set(look.flatMap(({ unsettled }) => unsettled));
  // What one side has pruned, only its kept sums still tell of.
  const isPruned = (key: string): boolean =>
    look.some(({ prunedTo }) => prunedTo !== undefined && key <= prunedTo);
  const pairs = disagreements(new Map(Object.entries(one)), new Map(Object.entries(other)));
  return new Map([...pairs].filter(([key]) => !moving.has(key) && !isPruned(key)));
}

/**
 * Finds what differs at both looks, and in the same way: what was in flight between two services at the first one has
 * arrived by the second, or has at least changed.
 */
export function lasting(first: Look, second: Look, { sides: [one, other] }: BookComparison): Example[] {
  const before = differing(first);
  const places = one.service === other.service ? [one.column, other.column] : [one.service, other.service];
  return [...differing(second)].flatMap(([key, [here, there]]) => {
    const then = before.get(key);
    if (then === undefined || then[0] !== here || then[1] !== there) return [];
    if (here !== undefined && there !== undefined) {
      return [{ key, problem: `differs between ${places.join(' and ')}` }];
    }
    return [{ key, problem: `is in the books of ${here === undefined ? places[1] : places[0]} only` }];
  });
}

/** A check of two columns that were looked into, or needed not be. */
export function compared(
  { name, about }: BookComparison,
  seen: readonly Seen[],
  findings: readonly Example[],
): Check {
  return {
    name,
    about,
    isSound: findings.length === 0,
    findings: findings.length,
    examples: findings.slice(0, EXAMPLES_MAX),
    seen,
    unanswered: [],
  };
}

/** No order of these parts is on its way, but for those that are not compared. @param firstLeftOut the first of them */
export function isAtRest(look: Look, firstLeftOut: string): boolean {
  return look.every(({ unsettled }) => unsettled.every((orderId) => orderId >= firstLeftOut));
}

/** Sums that differ although no row does: what is kept of these parts is wrong on one side. */
export function unexplained(parts: readonly number[], look: Look, firstLeftOut: string): Example[] {
  if (!isAtRest(look, firstLeftOut)) return [];
  return inPartsOf(parts, 'differs in kept sums, and in no row: npm run audit -- --from-nothing says where');
}

/** Sums that go on differing, of parts that are at rest, where rows could not be looked at in time. */
export function notLookedInto(parts: readonly number[]): Example[] {
  return inPartsOf(parts, 'differs in sums; its rows could not be read in time');
}

function inPartsOf(parts: readonly number[], problem: string): Example[] {
  return parts.map((part) => ({ key: `part ${part}`, problem }));
}

/**
 * Until the sums of a long history are kept, an audit reads all of it: however many orders there are, it may have
 * this share of the time.
 */
const SHARE_OF_TIME = 1 / 8;

/** The time for which the shop is left alone after an audit that kept it busy for so long. Both in milliseconds. */
export function restAfter(busyMs: number): number {
  return Math.max(0, Math.round(busyMs * (1 / SHARE_OF_TIME - 1)));
}
