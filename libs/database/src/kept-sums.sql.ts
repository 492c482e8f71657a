import { BOOK_PARTS } from '@jangteo/contracts';

/** Below every id. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

/** In the place of a segment: the sums of rows that were pruned, which stay in the kept sums. */
export const PRUNED = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The part of a column that a row belongs to, as the key of a kept sum. */
export const partKeySql = (id: string): string => `(uuid_hash(${id}) & ${BOOK_PARTS - 1})::text`;

/** Whether a row belongs to one of the parts of $1. */
export const isInPartsSql = (id: string): string => `uuid_hash(${id}) & ${BOOK_PARTS - 1} = ANY($1::int[])`;

const SUMS = `
  CREATE TABLE book_sums (
    book text NOT NULL,
    key text NOT NULL,
    counts bigint NOT NULL,
    amount numeric NOT NULL,
    digest numeric NOT NULL,
    PRIMARY KEY (book, key)
  ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)`;

/** The same rows once more, by ranges of ids of some thousand rows: so that they can be counted again in steps. */
const SEGMENTS = `
  CREATE TABLE book_segments (
    source text NOT NULL,
    after_id uuid NOT NULL,
    up_to uuid NOT NULL,
    book text NOT NULL,
    counts bigint NOT NULL,
    amount numeric NOT NULL,
    digest numeric NOT NULL,
    PRIMARY KEY (source, after_id, book)
  )`;

/** Changes in rows that may be summed already; written by triggers, and soon added to the sums. */
const CHANGES = `
  CREATE TABLE book_changes (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    id uuid NOT NULL,
    book text NOT NULL,
    key text NOT NULL,
    counts bigint NOT NULL,
    amount numeric NOT NULL,
    digest numeric NOT NULL,
    is_pruned boolean NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`;

/** Up to `planned_to` may be sealed once every transaction before `planned_xid` has ended. */
const MARKS = `
  CREATE TABLE book_marks (
    source text PRIMARY KEY,
    sealed_to uuid NOT NULL DEFAULT '${NO_ID}',
    planned_to uuid NOT NULL DEFAULT '${NO_ID}',
    planned_xid xid8 NOT NULL DEFAULT '0',
    pruned_to uuid NOT NULL DEFAULT '${NO_ID}',
    segment_after uuid NOT NULL DEFAULT '${NO_ID}',
    segment_rows bigint NOT NULL DEFAULT 0
  ) WITH (fillfactor = 50)`;

/** Read by services of the release before; this one reads the notes of one source at a time. */
const KEPT = `
  CREATE VIEW book_kept AS
  SELECT book, key, counts, amount, digest FROM book_sums
  UNION ALL
  SELECT book, key, c.counts, amount, digest FROM book_changes AS c JOIN book_marks USING (source)
  WHERE id <= sealed_to AND NOT is_pruned`;

/**
 * For whoever has changed rows with the triggers off: everything is summed again, from the first row on. The marks
 * come first: whoever is adding rows holds one, and its sums are there to be deleted once it has ended.
 */
export const BEGIN_BOOKS_ANEW = `
  CREATE OR REPLACE FUNCTION begin_books_anew() RETURNS void LANGUAGE sql AS $$
    UPDATE book_marks SET sealed_to = DEFAULT, planned_to = DEFAULT, planned_xid = DEFAULT, pruned_to = DEFAULT,
      segment_after = DEFAULT, segment_rows = DEFAULT;
    DELETE FROM book_sums;
    DELETE FROM book_segments;
    DELETE FROM book_changes;
  $$`;

/** The tables of kept sums, for a migration of a service whose books grow with orders. */
export const KEPT_SUMS = [SUMS, SEGMENTS, CHANGES, MARKS, KEPT, BEGIN_BOOKS_ANEW];

export const DROP_KEPT_SUMS = [
  'DROP VIEW book_kept',
  'DROP TABLE book_sums, book_segments, book_changes, book_marks',
  'DROP FUNCTION begin_books_anew',
];

/** A table of which sums are kept. */
export interface SummedTable {
  readonly table: string;
  /**
   * The name of sums that are kept beside those of the table: they come later, are summed by themselves, and have triggers
   * of their own. The sums that are there stay as they are meanwhile.
   */
  readonly name?: string;
  /** Whose ids say how far rows are summed: its own, unless its rows go with another table's. */
  readonly source?: string;
  /** The first of them that is not null is the row's id, made when the order was. */
  readonly idColumns: readonly string[];
  /** The columns that sums are made of. */
  readonly columns: readonly string[];
  /** A SELECT of `book`, `key`, `counts`, `amount` and `digest` of one row, which is `r`. */
  readonly entries: string;
}

/**
 * Rows are summed at the earliest a quarter of an hour after their ids were made, and changes are noted from the
 * fifth minute on: while an order is on its way nothing is noted, and a clock may be set back by some minutes.
 */
const LATE_SECONDS = 300;
export const SEALED_AFTER_MIN_SECONDS = 900;

/** PostgreSQL reads a trigger's condition anew for each statement: a short one costs half as much. */
const isLate = (id: string): string =>
  `uuid_send(${id}) < int8send(((date_part('epoch', clock_timestamp()) - ${LATE_SECONDS}) * 65536000)::bigint)`;

type Named = Pick<SummedTable, 'table' | 'name'>;

/** What book_marks, triggers and the count of rows call a table's sums. */
export const sumsNameOf = ({ table, name = table }: Named): string => name;

/** The name of the function that gives the entries of one of a table's rows. */
export const entriesNameOf = ({ name }: Named): string =>
  name === undefined ? 'book_entries' : `book_entries_of_${name}`;

/** The function of a table's entries; another one in its place needs {@link BEGIN_BOOKS_ANEW}. */
export const entriesFunction = ({ table, name, source, entries }: SummedTable): string => `
  CREATE OR REPLACE FUNCTION ${entriesNameOf({ table, name })}(r ${table})
  RETURNS TABLE (book text, key text, counts int, amount numeric, digest numeric)
  LANGUAGE sql STABLE AS $$
    ${source === undefined ? `SELECT '${sumsNameOf({ table, name })}-rows', '', 1, 0::numeric, 0::numeric UNION ALL` : ''} ${entries} $$`;

const idOf =
  ({ idColumns }: SummedTable) =>
  (row: string): string => {
    const [first = '', ...others] = idColumns.map((column) => `${row}.${column}`);
    return others.length === 0 ? first : `coalesce(${[first, ...others].join(', ')})`;
  };

function noting(summed: SummedTable): string {
  const { table } = summed;
  const name = sumsNameOf(summed);
  const { source = name } = summed;
  const entriesOf = (row: string) => `${entriesNameOf(summed)}(ROW(${row}.*)::${table})`;
  const id = idOf(summed);
  const note = (row: string, sign: string, isPruned: string) => `
    INSERT INTO book_changes (source, id, book, key, counts, amount, digest, is_pruned)
    SELECT '${source}', ${id(row)}, book, key, ${sign}counts, ${sign}amount, ${sign}digest, ${isPruned}
    FROM ${entriesOf(row)};`;
  return `
    CREATE FUNCTION note_change_of_${name}() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      -- A row that was pruned may come back as it was: it stays in the sums all the time.
      prunes boolean := TG_OP <> 'UPDATE' AND coalesce(current_setting('books.pruning', true), '') = 'on';
    BEGIN
      IF TG_OP <> 'INSERT' THEN ${note('OLD', '-', 'prunes')}
      END IF;
      IF TG_OP <> 'DELETE' THEN ${note('NEW', '', 'prunes')}
      END IF;
      IF prunes AND TG_OP = 'DELETE' AND EXISTS (SELECT FROM ${entriesOf('OLD')} WHERE book <> '${name}-rows') THEN
        UPDATE book_marks SET pruned_to = ${id('OLD')} WHERE source = '${source}' AND pruned_to < ${id('OLD')};
      END IF;
      RETURN NULL;
    END $$`;
}

/**
 * Until a change of a table or a trigger has its lock, everybody who uses the table waits behind it: it is given up, and
 * tried again. First in a migration of a table that is in use; in one query with the change where that has no transaction.
 */
export const IMPATIENT = `SET LOCAL lock_timeout = '3s'`;

/**
 * Triggers that keep the sums of a table exact whoever changes a row, and whenever. Run in a transaction for each
 * table: a service at work takes the locks of several in an order of its own.
 */
export function noteChanges(summed: SummedTable): string[] {
  const isSource = summed.source === undefined;
  return [
    IMPATIENT,
    ...triggersOf(summed),
    ...(isSource ? [`INSERT INTO book_marks (source) VALUES ('${sumsNameOf(summed)}')`] : []),
  ];
}

/** As {@link noteChanges}, in the place of what is there: for a table whose rows have one id more to go by. */
export function noteChangesAnew(summed: SummedTable): string[] {
  return [IMPATIENT, `DROP FUNCTION note_change_of_${sumsNameOf(summed)} CASCADE`, ...triggersOf(summed)];
}

function triggersOf(summed: SummedTable): string[] {
  const { table, columns, idColumns } = summed;
  const name = sumsNameOf(summed);
  const [isLateOld, isLateNew] = ['OLD', 'NEW'].map(idOf(summed)).map(isLate) as [string, string];
  const trigger = (event: string, on: string, when: string) => `
    CREATE TRIGGER ${name}_note_${event} AFTER ${on} ON ${table} FOR EACH ROW WHEN (${when})
    EXECUTE FUNCTION note_change_of_${name}()`;
  return [
    entriesFunction(summed),
    noting(summed),
    trigger('insert', 'INSERT', isLateNew),
    trigger('delete', 'DELETE', isLateOld),
    trigger('update', `UPDATE OF ${columns.join(', ')}`, isLateOld),
    trigger('move', `UPDATE OF ${idColumns.join(', ')}`, `NOT ${isLateOld} AND ${isLateNew}`),
  ];
}

export function forgetChanges(summed: SummedTable): string[] {
  const name = sumsNameOf(summed);
  return [
    `DROP FUNCTION note_change_of_${name} CASCADE`,
    `DROP FUNCTION ${entriesNameOf(summed)}(${summed.table})`,
    `DELETE FROM book_marks WHERE source = '${name}'`,
  ];
}

/** As {@link forgetChanges}, with the sums themselves: whoever keeps them again begins with nothing. */
export function forgetSums(summed: SummedTable, books: readonly string[]): string[] {
  const name = sumsNameOf(summed);
  const kept = [...books, `${name}-rows`].map((book) => `'${book}'`);
  return [
    IMPATIENT,
    ...forgetChanges(summed),
    `DELETE FROM book_sums WHERE book IN (${kept.join(', ')})`,
    `DELETE FROM book_segments WHERE source = '${name}'`,
    `DELETE FROM book_changes WHERE source = '${name}'`,
  ];
}
