import type { BookSource } from './books.js';
import type { Database, Statements } from './database.js';
import { firstIdSql } from './ids.sql.js';
import { entriesNameOf, NO_ID, PRUNED, sumsNameOf } from './kept-sums.sql.js';

/** Rows that are summed in one transaction. */
export const SEAL_ROWS = 10_000;
/** Notes of rows that are summed already, and that are added in one transaction: there may be any number of them. */
const SETTLED_NOTES = 10_000;
/** From so many rows on a segment is followed by another one. */
const SEGMENT_ROWS = 50_000;

const SUMMED = 'sum(counts) AS counts, sum(amount) AS amount, sum(digest) AS digest';
const NOT_NOTHING = 'sum(counts) <> 0 OR sum(amount) <> 0 OR sum(digest) <> 0';

/** The entries of rows with an id above the second parameter and up to the third. */
const entriesOf = ({ table, name, ids }: BookSource): string =>
  ids
    .map(
      (
        id,
      ) => `SELECT e.book, e.key, e.counts, e.amount, e.digest FROM ${table} AS t, LATERAL ${entriesNameOf({ table, name })}(ROW(t.*)::${table}) AS e
         WHERE t.${id} > $2::uuid AND t.${id} <= $3::uuid`,
    )
    .join(' UNION ALL ');

/** The last of so many ids above the first parameter and up to the second; there may be none. */
const lastIdOf = ({ table, ids }: BookSource, rows: number): string => {
  const first = ids.map(
    (id) => `(SELECT ${id} AS id FROM ${table} WHERE ${id} > $1::uuid AND ${id} <= $2::uuid
      ORDER BY ${id} LIMIT ${rows})`,
  );
  return `SELECT id FROM (SELECT id FROM (${first.join(' UNION ALL ')}) AS firsts ORDER BY id LIMIT ${rows})
    AS these ORDER BY id DESC LIMIT 1`;
};

/**
 * One statement, so that all of it is as of one moment: what is changed in these rows afterwards is noted
 * afterwards. Notes of rows that are only summed now are dropped, their rows say it.
 */
const sealing = (source: BookSource): string => `
  WITH dropped AS (
    DELETE FROM book_changes WHERE source = $1 AND id > $2::uuid AND id <= $3::uuid AND $2::uuid < $3::uuid
  ), changed AS (
    DELETE FROM book_changes WHERE change_id = ANY(ARRAY(
      SELECT change_id FROM book_changes WHERE source = $1 AND id <= $2::uuid
      ORDER BY id LIMIT ${SETTLED_NOTES}))
    RETURNING id, book, key, counts, amount, digest, is_pruned
  ), found AS MATERIALIZED (${entriesOf(source)}
  ), summed AS (
    INSERT INTO book_sums (book, key, counts, amount, digest)
    SELECT book, key, ${SUMMED} FROM (
      SELECT * FROM found
      UNION ALL SELECT book, key, counts, amount, digest FROM changed WHERE NOT is_pruned) AS entries
    GROUP BY book, key HAVING ${NOT_NOTHING}
    ON CONFLICT (book, key) DO UPDATE SET counts = book_sums.counts + excluded.counts,
      amount = book_sums.amount + excluded.amount, digest = book_sums.digest + excluded.digest
  ), segmented AS (
    INSERT INTO book_segments AS s (source, after_id, up_to, book, counts, amount, digest)
    SELECT $1, after_id, CASE after_id WHEN $4::uuid THEN $3::uuid ELSE up_to END, book, ${SUMMED} FROM (
      SELECT $4::uuid AS after_id, $3::uuid AS up_to, book, counts, amount, digest FROM found
      UNION ALL
      SELECT after_id, up_to, book, counts, amount, digest FROM changed, LATERAL (
        SELECT after_id, up_to FROM book_segments
        WHERE source = $1 AND book = $1::text || '-rows' AND after_id < changed.id AND after_id <> '${PRUNED}'
        ORDER BY after_id DESC LIMIT 1) AS its
      UNION ALL
      SELECT '${PRUNED}', '${PRUNED}', book, -counts, -amount, -digest FROM changed WHERE is_pruned) AS entries
    GROUP BY 2, 3, 4 HAVING ${NOT_NOTHING}
    ON CONFLICT (source, after_id, book) DO UPDATE SET up_to = excluded.up_to,
      counts = s.counts + excluded.counts, amount = s.amount + excluded.amount, digest = s.digest + excluded.digest
  ), counted AS (
    SELECT segment_rows + (SELECT count(*) FROM found WHERE book = $1::text || '-rows') AS rows
    FROM book_marks WHERE source = $1
  )
  UPDATE book_marks SET sealed_to = $3,
    segment_after = CASE WHEN rows >= ${SEGMENT_ROWS} THEN $3 ELSE $4 END,
    segment_rows = CASE WHEN rows >= ${SEGMENT_ROWS} THEN 0 ELSE rows END
  FROM counted WHERE source = $1
  RETURNING (SELECT count(*) FROM changed) AS settled`;

interface SealingMark {
  readonly sealed_to: string;
  readonly planned_to: string;
  readonly segment_after: string;
  /** Nobody is at work any more who may have changed planned rows without a note. */
  readonly is_safe: boolean;
  /** Of another server, from which the database was copied. */
  readonly is_foreign: boolean;
  readonly has_changes: boolean;
}

const LOCK_MARK = `
  SELECT sealed_to, planned_to, segment_after,
    planned_xid <= pg_snapshot_xmin(pg_current_snapshot()) AS is_safe,
    planned_xid > pg_snapshot_xmax(pg_current_snapshot()) AS is_foreign,
    EXISTS (SELECT FROM book_changes WHERE source = $1 AND id <= sealed_to) AS has_changes
  FROM book_marks WHERE source = $1 FOR UPDATE SKIP LOCKED`;

/**
 * Whoever wrote to these rows without a note did so minutes ago, in a transaction that is older than this one.
 */
const PLAN = `
  UPDATE book_marks SET planned_to = $2, planned_xid = pg_current_xact_id()
  WHERE source = $1`;

/** By the database's clock. */
const LIMIT = `SELECT ${firstIdSql('now() - make_interval(secs => $1)')} AS id`;

/**
 * The work left: `more` to do at once, or `later`, because another replica is at it or because transactions that may
 * have changed rows without a note are not over yet.
 */
export type Left = 'more' | 'later' | 'done';

/**
 * Adds rows to the kept sums whose ids are older than so many seconds, and what was noted of changes. In any
 * number of replicas, one at a time.
 */
export async function seal(
  database: Pick<Database, 'transaction'>,
  source: BookSource,
  afterSeconds: number,
  rows = SEAL_ROWS,
): Promise<Left> {
  const name = sumsNameOf(source);
  return await database.transaction(async (tx) => {
    const [mark] = await tx.rows<SealingMark>(LOCK_MARK, [name]);
    if (mark === undefined) return 'later';
    const { sealed_to: from, segment_after: segment } = mark;
    const idUpTo = async (limit: string): Promise<string | undefined> =>
      (await tx.rows<{ id: string }>(lastIdOf(source, rows), [from, limit]))[0]?.id;
    const planned = await idUpTo(mark.planned_to);
    const to = mark.is_safe ? planned : undefined;
    if (to !== undefined || mark.has_changes) {
      const [sealed] = await tx.rows<{ settled: number }>(sealing(source), [name, from, to ?? from, segment]);
      if (to !== undefined || sealed?.settled === SETTLED_NOTES) return 'more';
    }
    if (planned !== undefined && !mark.is_foreign) return 'later';
    const [limit] = await tx.rows<{ id: string }>(LIMIT, [afterSeconds]);
    if (limit === undefined || (await idUpTo(limit.id)) === undefined) return 'done';
    await tx.rows(PLAN, [name, limit.id]);
    return 'more';
  });
}

/** The place that a proof has come to. */
export interface ProofPlace {
  readonly source: string;
  readonly after: string;
}

export interface Difference {
  readonly source: string;
  readonly book: string;
  /** Ids of orders between which it lies; of all where it is not known. */
  readonly after: string;
  readonly upTo: string;
}

export interface ProofStep {
  readonly rows: number;
  readonly differences: readonly Difference[];
  readonly next?: ProofPlace;
}

const NEXT_SEGMENT = `
  SELECT after_id AS after, up_to AS "upTo" FROM book_segments
  WHERE source = $1 AND book = $1::text || '-rows' AND after_id >= $2::uuid AND after_id <> '${PRUNED}'
  ORDER BY after_id LIMIT 1`;

/** Counts the rows of a segment again, beside what is kept of them. */
const proving = (source: BookSource): string => `
  SELECT book, ${NOT_NOTHING} AS differs,
    coalesce(sum(counts) FILTER (WHERE is_counted AND book = $1::text || '-rows'), 0)::bigint AS rows
  FROM (
    SELECT book, counts, amount, digest, true AS is_counted FROM (${entriesOf(source)}) AS found
    UNION ALL
    SELECT book, -counts, -amount, -digest, false FROM book_segments WHERE source = $1 AND after_id = $2::uuid
    UNION ALL
    SELECT book, -counts, -amount, -digest, false FROM book_changes
    WHERE source = $1 AND id > $2::uuid AND id <= $3::uuid) AS both_sides
  GROUP BY book`;

/** Finds the books in which the segments' total differs from the total that is kept by keys. */
const TOTALS = `
  SELECT book FROM (
    SELECT book, counts, amount, digest FROM book_segments
    UNION ALL SELECT book, -counts, -amount, -digest FROM book_sums) AS both_sides
  GROUP BY book HAVING ${NOT_NOTHING}`;

/** Proves the next segment of the kept sums, beginning with the first one of the first source. */
export async function prove(
  tx: Statements,
  sources: readonly BookSource[],
  place?: ProofPlace,
): Promise<ProofStep> {
  const index = Math.max(
    0,
    sources.findIndex((one) => sumsNameOf(one) === place?.source),
  );
  const source = sources[index];
  if (source === undefined) return { rows: 0, differences: [] };
  const name = sumsNameOf(source);
  const [segment] = await tx.rows<{ after: string; upTo: string }>(NEXT_SEGMENT, [
    name,
    place?.after ?? NO_ID,
  ]);
  if (segment === undefined) {
    const following = sources[index + 1];
    if (following !== undefined) {
      return { rows: 0, differences: [], next: { source: sumsNameOf(following), after: NO_ID } };
    }
    const wrong = await tx.rows<{ book: string }>(TOTALS);
    const differences = wrong.map(({ book }) => ({ source: name, book, after: NO_ID, upTo: PRUNED }));
    return { rows: 0, differences };
  }
  const { after, upTo } = segment;
  const books = await tx.rows<{ book: string; differs: boolean; rows: number }>(proving(source), [
    name,
    after,
    upTo,
  ]);
  return {
    rows: books.reduce((total, { rows }) => total + rows, 0),
    differences: books
      .filter(({ differs }) => differs)
      .map(({ book }) => ({ source: name, book, after, upTo })),
    next: { source: name, after: upTo },
  };
}
