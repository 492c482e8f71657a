import {
  BOOK_PARTS,
  DAY_MS,
  EXAMPLES_MAX,
  firstIdAt,
  HOUR_MS,
  type ColumnSeen,
  type PartsSeen,
  type RuleSeen,
} from '@jangteo/contracts';
import { Logger } from '@nestjs/common';
import type { Database, Statements } from './database.js';
import { NO_ID } from './kept-sums.sql.js';
import { onlyOf } from './table.js';

/** A rule that must hold for every row of a service's own books. */
export interface BookRule {
  /**
   * A SELECT with a row for each thing that the rule is about: its `key`, whether the rule `holds` for it, and
   * the figures.
   */
  readonly rows: string;
  /** The tables of a rule that only looks at rows without kept sums; from $1 on, the ids up to which sums are kept. */
  readonly sources?: readonly string[];
  /** The parameters of `rows` after those, by a time before which everything has come to rest. */
  bounds?(before: Date): readonly unknown[];
  /** Names of columns of `rows`, each a number, whose sums are shown. */
  readonly figures: readonly string[];
  /** The column of `rows` that tells how many things a row is about, where that is not one. */
  readonly counts?: string;
  /**
   * For a rule whose keys are numbers of parts: a SELECT of `part` and `key` of what breaks it in the parts of $1. It may
   * read whole tables.
   */
  readonly inParts?: string;
}

/** A rule that holds between a service's own books and what somebody else has. */
export interface OutsideRule {
  read(tx: Statements): Promise<RuleSeen>;
}

/** Facts that another service must have as well. */
export interface BookColumn {
  /**
   * A SELECT with `part_of`, the uuid by which rows are divided into parts; `key`; `counts`, 1 for a row or −1
   * for one that takes another one back; `amount`; and `digest` (see {@link digestSql}), which is negative where
   * `counts` is.
   */
  readonly rows: string;
  /**
   * The parameters of `rows`: what bounds it to what has come to rest, by a time before which that is so, and to
   * orders with an id above `after`.
   */
  bounds(before: Date, after: string): readonly unknown[];
  /** The sums that are kept of it. */
  readonly kept?: KeptColumn;
}

export interface KeptColumn {
  readonly source: string;
  readonly book: string;
}

/** A table of which sums are kept, and the columns of the ids that say how far; one of them is not null. */
export interface BookSource {
  readonly table: string;
  /** Of sums that are kept beside those of the table. */
  readonly name?: string;
  readonly ids: readonly string[];
}

/** All that a service has to say of its books. */
export interface Books<R extends string = string, C extends string = string> {
  readonly rules: Readonly<Record<R, BookRule>>;
  /** Rules that need more than this database. */
  readonly outside?: Readonly<Record<string, OutsideRule>>;
  readonly columns: Readonly<Record<C, BookColumn>>;
  /** A SELECT with the `order_id` of every order that is on its way; of the service that knows. */
  readonly unsettled?: string;
  readonly sources: readonly BookSource[];
}

/**
 * The SQL of a number that follows from ids and a whole number; two of them can be added without leaving int8.
 * Both sides of a column must give the same.
 *
 * @param ids expressions of uuids
 * @param value an expression of a whole number
 */
export function digestSql(ids: readonly string[], value: string): string {
  return `(${ids.reduceRight((seed, id) => `uuid_hash_extended(${id}, ${seed})`, value)} >> 2)`;
}

/**
 * The kept sums of a book as of now: a SELECT of `key`, `counts`, `amount` and `digest`, in which a key may come more than
 * once. It reads the notes of one source alone: of others there may be any number.
 */
export const keptSql = ({ source, book }: KeptColumn): string => `
  SELECT key, counts, amount, digest FROM book_sums WHERE book = '${book}'
  UNION ALL
  SELECT key, c.counts, amount, digest FROM book_changes AS c JOIN book_marks USING (source)
  WHERE source = '${source}' AND id <= sealed_to AND book = '${book}' AND NOT is_pruned`;

/** One of two sides that must be equal: rows of a `part`, `counts`, `amount` and `digest` that are not summed yet. */
export interface Side {
  readonly rows: string;
  /** Of the rest, whose keys are parts. */
  readonly kept: KeptColumn;
}

/**
 * A SELECT of both sides by parts, each with its `<name>_count` and `<name>_amount`, and whether the part `holds`.
 * What differs has to be looked for in the part: of the sums alone nobody can tell.
 */
export function bothSides<N extends string>(sides: Readonly<Record<N, Side>>): string {
  const [one, other] = Object.keys(sides) as [N, N];
  const sideOf = (name: N, sign: string) => `
    SELECT '${name}' AS side, part, counts, amount, ${sign}digest AS digest FROM (${sides[name].rows}) AS since
    UNION ALL
    SELECT '${name}', key, counts, amount, ${sign}digest FROM (${keptSql(sides[name].kept)}) AS kept`;
  const sumsOf = (name: N) => `
    coalesce(sum(counts) FILTER (WHERE side = '${name}'), 0)::bigint AS ${name}_count,
    coalesce(sum(amount) FILTER (WHERE side = '${name}'), 0)::bigint AS ${name}_amount`;
  return `
    SELECT *, ${one}_count = ${other}_count AND ${one}_amount = ${other}_amount AND digest = 0 AS holds
    FROM (SELECT part, ${sumsOf(one)}, ${sumsOf(other)}, sum(digest) AS digest
      FROM (${sideOf(one, '')} UNION ALL ${sideOf(other, '-')}) AS entries GROUP BY part) AS sums`;
}

const PART = `uuid_hash(part_of) & ${BOOK_PARTS - 1}`;

interface Mark {
  readonly sealedTo: string;
  readonly prunedTo: string;
}

async function markOf(tx: Statements, source: string): Promise<Mark> {
  const [mark] = await tx.rows<Mark>(
    'SELECT sealed_to AS "sealedTo", pruned_to AS "prunedTo" FROM book_marks WHERE source = $1',
    [source],
  );
  return mark ?? { sealedTo: NO_ID, prunedTo: NO_ID };
}

/** Looks at everything that a rule is about. */
export async function readRule(
  tx: Statements,
  { rows, figures, counts, sources = [], bounds = () => [] }: BookRule,
  before: Date,
): Promise<RuleSeen> {
  const sums = figures.map((name) => `coalesce(sum(${name}), 0)::text AS ${name}`);
  const broken = 'FILTER (WHERE holds IS NOT TRUE)';
  const count = counts === undefined ? 'count(*)' : `coalesce(sum(${counts}), 0)::bigint`;
  const marks: Mark[] = [];
  for (const source of sources) marks.push(await markOf(tx, source));
  const seen = await onlyOf<{ rows: number; broken: number; examples: string[] | null }>(
    tx,
    `SELECT ${[`${count} AS rows`, ...sums].join(', ')}, count(*) ${broken} AS broken,
       (array_agg(key::text) ${broken})[1:${EXAMPLES_MAX}] AS examples
     FROM (${rows}) AS seen`,
    [...marks.map(({ sealedTo }) => sealedTo), ...bounds(before)],
  );
  const { rows: seenRows, broken: findings, examples, ...totals } = seen;
  return {
    rows: seenRows,
    figures: totals as Record<string, string>,
    broken: findings,
    examples: examples ?? [],
  };
}

const logger = new Logger('Books');

/**
 * Has the name of one thing that breaks the rule in the place of each part that does, as far as there is time for it: with
 * or without names the rule is broken.
 *
 * @param seen by {@link readRule}
 */
export async function nameExamples(
  database: Pick<Database, 'snapshot'>,
  { inParts }: BookRule,
  seen: RuleSeen,
  deadlineMs: number,
): Promise<RuleSeen> {
  if (inParts === undefined || seen.broken === 0) return seen;
  const { examples: parts } = seen;
  try {
    const found = await database.snapshot(deadlineMs, (tx) =>
      tx.rows<{ part: string; key: string }>(
        `SELECT part, min(key::text) AS key FROM (${inParts}) AS found GROUP BY part`,
        [parts],
      ),
    );
    const names = new Map(found.map(({ part, key }) => [part, key]));
    return { ...seen, examples: parts.map((part) => names.get(part) ?? `kept sums, part ${part}`) };
  } catch (error) {
    logger.warn(`what breaks a rule was not looked for: ${String(error)}`);
    return { ...seen, examples: parts.map((part) => `part ${part}`) };
  }
}

/** The id up to which kept sums tell all; {@link NO_ID} where they tell of orders that are not to be told of. */
async function keptTo(tx: Statements, { kept }: BookColumn, before: Date): Promise<string> {
  if (kept === undefined) return NO_ID;
  const { sealedTo } = await markOf(tx, kept.source);
  return sealedTo < firstIdAt(before.getTime()) ? sealedTo : NO_ID;
}

/** Adds a column up, by parts and in all: what is kept, and the rows that came after. */
export async function readColumn(tx: Statements, column: BookColumn, before: Date): Promise<ColumnSeen> {
  const after = await keptTo(tx, column, before);
  const bounds = column.bounds(before, after);
  const kept =
    column.kept === undefined || after === NO_ID
      ? ''
      : `UNION ALL SELECT key::int, counts, amount, digest FROM (${keptSql(column.kept)}) AS kept`;
  const parts = await tx.rows<{ part: number; rows: number; amount: string; digest: string }>(
    `SELECT part, sum(counts)::bigint AS rows, sum(amount)::text AS amount,
       sum(counts) || '/' || sum(digest) AS digest
     FROM (SELECT ${PART} AS part, counts, amount, digest FROM (${column.rows}) AS since
       ${kept}) AS seen GROUP BY part`,
    bounds,
  );
  return {
    rows: parts.reduce((total, { rows }) => total + rows, 0),
    amount: parts.reduce((total, { amount }) => total + BigInt(amount), 0n).toString(),
    // A part in which everything was taken back is as good as empty.
    digests: Object.fromEntries(parts.filter(isLeft).map(({ part, digest }) => [part, digest])),
    ...(after !== NO_ID && { sealedTo: after }),
  };
}

/** The scope of a look at a column: some parts, and only what came after an order where one is named. */
export interface Look {
  readonly before: Date;
  readonly parts: readonly number[];
  readonly after?: string | undefined;
}

/** Reads what is in some parts of a column, and which orders among them are on their way. */
export async function readParts(
  tx: Statements,
  { unsettled }: Pick<Books, 'unsettled'>,
  column: BookColumn,
  { before, parts, after = NO_ID }: Look,
): Promise<PartsSeen> {
  const bounds = column.bounds(before, after);
  const entries = await tx.rows<{ key: string; digest: string }>(
    `SELECT key::text AS key, sum(counts) || '/' || sum(digest) AS digest
     FROM (${column.rows}) AS seen WHERE ${PART} = ANY($${bounds.length + 1}::int[]) GROUP BY key`,
    [...bounds, parts],
  );
  const onTheirWay =
    unsettled === undefined
      ? []
      : await tx.rows<{ order_id: string }>(
          `SELECT order_id FROM (SELECT order_id, order_id AS part_of FROM (${unsettled}) AS these) AS moving
           WHERE ${PART} = ANY($1::int[])`,
          [parts],
        );
  const prunedTo = column.kept === undefined ? NO_ID : (await markOf(tx, column.kept.source)).prunedTo;
  return {
    entries: Object.fromEntries(entries.filter(isLeft).map(({ key, digest }) => [key, digest])),
    unsettled: onTheirWay.map(({ order_id: orderId }) => orderId),
    ...(prunedTo !== NO_ID && { prunedTo }),
  };
}

function isLeft({ digest }: { readonly digest: string }): boolean {
  return digest !== '0/0';
}

/** For the bounds of a column of orders: ids from one up to another are left out, and what is kept. */
export const SETTLED_ORDERS = 'order_id NOT BETWEEN $1::uuid AND $2::uuid AND order_id > $3::uuid';

/**
 * The bounds for {@link SETTLED_ORDERS}, which leaves out orders placed since: they may be on their way. A row with an
 * id of another time altogether is no order of ours, and must not exist.
 */
export function recentOrders(before: Date, after: string): readonly [string, string, string] {
  return [firstIdAt(before.getTime()), firstIdAt(before.getTime() + DAY_MS), after];
}

/** Of orders, where all of an hour would be too many to look at each minute. */
const SLICE_MS = HOUR_MS / 12;
/** Older slices that get a turn, one each minute: those of a day within five hours. */
const OLDER_SLICES = 288;

/** The ids of orders that {@link ordersLookedAt} bounds, in a subquery for each of its two ranges. */
export const looksAtOrders = (rowsOf: (range: string) => string): string =>
  `${rowsOf('order_id >= $1::uuid AND order_id < $2::uuid')}
   UNION ALL ${rowsOf('order_id >= $3::uuid AND order_id < $4::uuid')}`;

/** For what no sums are kept of: the orders of the last five minutes, and of older ones, others each minute. */
export function ordersLookedAt(before: Date, after: string): readonly [string, string, string, string] {
  const recent = before.getTime() - SLICE_MS;
  const turn = 1 + (Math.floor(before.getTime() / TURN_MS) % OLDER_SLICES);
  const older = recent - turn * SLICE_MS;
  const above = (id: string): string => (id > after ? id : after);
  return [
    above(firstIdAt(recent)),
    firstIdAt(before.getTime()),
    above(firstIdAt(older)),
    firstIdAt(older + SLICE_MS),
  ];
}

const SLICE_HOURS = 6;
/** As far back as rankings go. */
const SLICES = 124;
/** Time enough for one audit a minute; both sides count on the same. */
const TURN_MS = 60_000;

/**
 * Of the hours that rankings are made of, the last ones that are over, and some that are older: others each minute,
 * so that all of them have had their turn after about two hours.
 */
export function hoursLookedAt(before: Date): readonly [Date, Date, Date, Date] {
  const end = Math.floor(before.getTime() / HOUR_MS) * HOUR_MS;
  const slices = 1 + (Math.floor(before.getTime() / TURN_MS) % (SLICES - 1));
  const recent = end - SLICE_HOURS * HOUR_MS;
  const older = end - slices * SLICE_HOURS * HOUR_MS;
  return [new Date(recent), new Date(end), new Date(older - SLICE_HOURS * HOUR_MS), new Date(older)];
}
