import utils from 'pg/lib/utils.js';
import { getMetadataArgsStorage, type ColumnOptions } from 'typeorm';
import { columnNameOf } from './naming.js';
import type { Statements } from './database.js';
import type { Statement } from './statement-group.js';

type Key<E> = keyof E & string;

type Nullable<E, K extends keyof E> = { [P in K]: null extends E[P] ? P : never }[K];

/** The values that rows bring for these columns; one that is left out stands for NULL. */
export type Written<E, K extends keyof E> = Readonly<
  Omit<Pick<E, K>, Nullable<E, K>> & Partial<Pick<E, Nullable<E, K>>>
>;

/** Statements that write rows, one at most: none for no rows. Its text is always the same. */
export type Writer<E, K extends keyof E, N extends string = never> = (
  rows: readonly (Written<E, K> & { readonly [P in N]?: number | null })[],
) => Statement[];

/** All columns but those left out, or only these. */
interface Choice<K, O> {
  readonly only?: readonly K[];
  readonly omit?: readonly O[];
}

/** Exceptions: columns that are written otherwise than as rows have them. */
interface Otherwise<S extends string, N> {
  /** Columns with the SQL of what they get: in it `n` is the row, and the row that is updated goes by the table's name. */
  readonly sql?: Readonly<Record<S, string>>;
  /** Numbers that rows bring for this SQL alone. */
  readonly numbers?: readonly N[];
}

interface Column {
  readonly property: string;
  readonly name: string;
  /** Type of a parameter that brings the column's values. */
  readonly cast: string;
  /** Type of the column, where it is another one. */
  readonly recast: string;
  encode(value: unknown): unknown;
}

/** Objects become JSON, and a text is JSON already; nothing stays SQL's NULL, which a text of "null" would not be. */
const json = (value: unknown): unknown =>
  value === null || value === undefined || typeof value === 'string' ? value : JSON.stringify(value);

/** In unnest, arrays of arrays would lose their borders. */
const arrayText = (value: unknown): unknown =>
  value === null || value === undefined ? value : utils.prepareValue(value);

function columnOf(property: string, { name, type, array = false }: ColumnOptions): Column {
  const itself = (value: unknown): unknown => value;
  return {
    property,
    name: columnNameOf(property, name),
    cast: array ? 'text' : String(type),
    recast: array ? `::${String(type)}[]` : '',
    encode: array ? arrayText : type === 'json' ? json : itself,
  };
}

const numberOf = (property: string): Column => columnOf(property, { type: 'float8' });

/** The SQL of columns as parameters: `$1::uuid[], $2::text[]`. */
const parametersOf = (columns: readonly Column[]): string =>
  columns.map(({ cast }, index) => `$${index + 1}::${cast}[]`).join(', ');

const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(', ');

/** SQL of a table that is declared by an entity, made once where a module is loaded. */
export class Table<E extends object> {
  readonly #name: string;
  readonly #columns: ReadonlyMap<string, Column>;

  constructor(entity: new () => E) {
    const declared = getMetadataArgsStorage();
    this.#name = declared.tables.find(({ target }) => target === entity)?.name ?? '';
    const columns = declared.filterColumns(entity);
    if (this.#name === '' || columns.length === 0) throw new Error(`${entity.name} declares no table`);
    this.#columns = new Map(
      columns.map(({ propertyName, options }) => [propertyName, columnOf(propertyName, options)]),
    );
  }

  /**
   * Columns for a SELECT list, each under the name of its property.
   *
   * @param of the table's alias
   */
  columns<K extends Key<E> = Key<E>, O extends Key<E> = never>({
    of,
    ...choice
  }: Choice<K, O> & { readonly of?: string } = {}): string {
    return this.#chosen(choice)
      .map(({ name, property }) => {
        const column = of === undefined ? name : `${of}.${name}`;
        return name === property ? column : `${column} AS "${property}"`;
      })
      .join(', ');
  }

  /**
   * Rows are inserted in their order.
   *
   * @param more.onConflict from `ON CONFLICT` on
   */
  insert<
    const K extends Key<E> = Key<E>,
    const O extends Key<E> = never,
    const S extends Key<E> = never,
    const N extends string = never,
  >({
    sql,
    numbers = [],
    onConflict = '',
    ...choice
  }: Choice<K, O> & Otherwise<S, N> & { readonly onConflict?: string } = {}): Writer<
    E,
    Exclude<K, O | S>,
    N
  > {
    const others = this.#expressions(sql);
    const columns = this.#chosen(choice).filter((column) => !others.has(column));
    const values = [...columns.map(({ name, recast }) => `n.${name}${recast}`), ...others.values()];
    const brought = [...columns, ...numbers.map(numberOf)];
    const text = `INSERT INTO ${this.#name} (${namesOf([...columns, ...others.keys()])})
      SELECT ${values.join(', ')} FROM unnest(${parametersOf(brought)}) AS n (${namesOf(brought)}) ${onConflict}`;
    return writer(text, brought);
  }

  /** Rows are found by the keys in `by`, of which the first one leads to an index; they bring what is in `set`. */
  update<
    const B extends Key<E>,
    const W extends Key<E> = never,
    const S extends Key<E> = never,
    const N extends string = never,
  >({
    by,
    set = [],
    sql,
    numbers = [],
  }: Otherwise<S, N> & { readonly by: readonly [B, ...B[]]; readonly set?: readonly W[] }): Writer<
    E,
    B | W,
    N
  > {
    const keys = by.map((key) => this.#column(key));
    const written = set.map((key) => this.#column(key));
    const values = new Map([
      ...written.map((column) => [column, `n.${column.name}${column.recast}`] as const),
      ...this.#expressions(sql),
    ]);
    const brought = [...keys, ...written, ...numbers.map(numberOf)];
    const [first] = keys as [Column];
    const text = `UPDATE ${this.#name} SET ${[...values].map(([{ name }, value]) => `${name} = ${value}`).join(', ')}
      FROM unnest(${parametersOf(brought)}) AS n (${namesOf(brought)})
      WHERE ${keys.map(({ name }) => `${this.#name}.${name} = n.${name}`).join(' AND ')}
        AND ${this.#name}.${first.name} = ANY($1::${first.cast}[])`;
    return writer(text, brought);
  }

  #column(property: string): Column {
    const column = this.#columns.get(property);
    if (column === undefined) throw new Error(`${this.#name} has no column for ${property}`);
    return column;
  }

  #chosen({ only = [...this.#columns.keys()], omit = [] }: Choice<string, string>): Column[] {
    return only.filter((property) => !omit.includes(property)).map((property) => this.#column(property));
  }

  #expressions(sql: Readonly<Record<string, string>> = {}): Map<Column, string> {
    return new Map(Object.entries(sql).map(([property, value]) => [this.#column(property), value]));
  }
}

function writer<E, K extends keyof E, N extends string>(
  text: string,
  columns: readonly Column[],
): Writer<E, K, N> {
  return (rows) => {
    if (rows.length === 0) return [];
    const valuesOf = ({ property, encode }: Column): unknown[] =>
      (rows as readonly Record<string, unknown>[]).map((row) => encode(row[property]) ?? null);
    return [{ text, values: columns.map(valuesOf) }];
  };
}

/** Runs statements one after the other. @returns the rows of all */
export async function runAll<R extends object>(
  on: Statements,
  statements: readonly Statement[],
): Promise<R[]> {
  const answers: R[] = [];
  for (const { text, values } of statements) answers.push(...(await on.rows<R>(text, values)));
  return answers;
}

/** @returns the first row; undefined where there is none */
export async function firstOf<R extends object>(
  on: Statements,
  text: string,
  values?: readonly unknown[],
): Promise<R | undefined> {
  const [row] = await on.rows<R>(text, values);
  return row;
}

/** The row of a statement that always has one: an aggregate, or a SELECT without FROM. */
export async function onlyOf<R extends object>(
  on: Statements,
  text: string,
  values?: readonly unknown[],
): Promise<R> {
  const row = await firstOf<R>(on, text, values);
  if (row === undefined) throw new Error('an aggregate, or a SELECT without FROM, gave no row');
  return row;
}

/** The table that an entity declares. */
export const table = <E extends object>(entity: new () => E): Table<E> => new Table(entity);
