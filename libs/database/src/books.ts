import {
  BOOK_PARTS,
  EXAMPLES_MAX,
  firstIdAt,
  type ColumnSeen,
  type PartsSeen,
  type RuleSeen,
} from '@jangteo/contracts';
import type { Statements } from './database.js';

/** What must hold for every row of a service's own books. */
export interface BookRule {
  /**
   * A SELECT with a row for each thing that the rule is about: its `key`, whether the rule `holds` for it, and
   * the figures.
   */
  readonly rows: string;
  /** Names of columns of `rows`, each a number, whose sums are shown. */
  readonly figures: readonly string[];
}

/** Facts that another service must have as well. */
export interface BookColumn {
  /**
   * A SELECT with `part_of`, the uuid by which rows are divided into parts; `key`; `counts`, 1 for a row or −1
   * for one that takes another one back; `amount`; and `digest` (see {@link digestSql}), which is negative where
   * `counts` is.
   */
  readonly rows: string;
  /** The parameters of `rows`: what bounds it to what has come to rest, by a time before which that is so. */
  bounds(before: Date): readonly unknown[];
}

/** All that a service has to say of its books. */
export interface Books<R extends string = string, C extends string = string> {
  readonly rules: Readonly<Record<R, BookRule>>;
  readonly columns: Readonly<Record<C, BookColumn>>;
  /** A SELECT with the `order_id` of every order that is on its way; of the service that knows. */
  readonly unsettled?: string;
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

const PART = `uuid_hash(part_of) & ${BOOK_PARTS - 1}`;

/** Looks at everything that a rule is about. */
export async function readRule(tx: Statements, { rows, figures }: BookRule): Promise<RuleSeen> {
  const sums = figures.map((name) => `coalesce(sum(${name}), 0)::text AS ${name}`);
  const broken = 'FILTER (WHERE holds IS NOT TRUE)';
  const [seen] = await tx.rows<{ rows: number; broken: number; examples: string[] | null }>(
    `SELECT ${['count(*) AS rows', ...sums].join(', ')}, count(*) ${broken} AS broken,
       (array_agg(key::text) ${broken})[1:${EXAMPLES_MAX}] AS examples
     FROM (${rows}) AS seen`,
  );
  if (seen === undefined) throw new Error('an aggregate gave no row');
  const { rows: count, broken: findings, examples, ...totals } = seen;
  return {
    rows: count,
    figures: totals as Record<string, string>,
    broken: findings,
    examples: examples ?? [],
  };
}

/** Adds a column up, by parts and in all. */
export async function readColumn(tx: Statements, column: BookColumn, before: Date): Promise<ColumnSeen> {
  const parts = await tx.rows<{ part: number; rows: number; amount: string; digest: string }>(
    `SELECT ${PART} AS part, sum(counts)::bigint AS rows, sum(amount)::text AS amount,
       sum(counts) || '/' || sum(digest) AS digest
     FROM (${column.rows}) AS seen GROUP BY part`,
    column.bounds(before),
  );
  return {
    rows: parts.reduce((total, { rows }) => total + rows, 0),
    amount: parts.reduce((total, { amount }) => total + BigInt(amount), 0n).toString(),
    // A part in which everything was taken back is as good as empty.
    digests: Object.fromEntries(parts.filter(isLeft).map(({ part, digest }) => [part, digest])),
  };
}

/** Reads what is in some parts of a column, and which orders among them are on their way. */
export async function readParts(
  tx: Statements,
  { unsettled }: Pick<Books, 'unsettled'>,
  column: BookColumn,
  { before, parts }: { readonly before: Date; readonly parts: readonly number[] },
): Promise<PartsSeen> {
  const bounds = column.bounds(before);
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
  return {
    entries: Object.fromEntries(entries.filter(isLeft).map(({ key, digest }) => [key, digest])),
    unsettled: onTheirWay.map(({ order_id: orderId }) => orderId),
  };
}

function isLeft({ digest }: { readonly digest: string }): boolean {
  return digest !== '0/0';
}

/** For the bounds of a column of orders: ids from one up to another are left out. */
export const SETTLED_ORDERS = 'order_id NOT BETWEEN $1::uuid AND $2::uuid';

const DAY_MS = 86_400_000;

/**
 * What {@link SETTLED_ORDERS} leaves out: orders placed since, which may be on their way. What has an id of
 * another time altogether is no order of ours, and must not be.
 */
export function recentOrders(before: Date): readonly [string, string] {
  return [firstIdAt(before.getTime()), firstIdAt(before.getTime() + DAY_MS)];
}
