import type { AnyService } from '@jangteo/contracts';
import {
  BOOK_ENTITIES,
  declaredTable,
  OutcomeEntity,
  type DeclaredColumn,
  type DeclaredTable,
} from '@jangteo/database';
import { DeadLetterEntity, DeadLetterGroupEntity } from '@jangteo/service';
import * as catalog from '@jangteo/catalog/entities';
import * as coupon from '@jangteo/coupon/entities';
import * as gateway from '@jangteo/gateway/entities';
import * as order from '@jangteo/order/entities';
import * as ranking from '@jangteo/ranking/entities';
import * as wallet from '@jangteo/wallet/entities';
import { block, titled } from './markdown.js';

type Entities = Readonly<Record<string, new () => object>>;

const { CountedStepEntity, HourlySalesEntity, HourlyTotalsEntity, UntalliedSaleEntity, ...tallies } = ranking;

/** The entities of every service, by subject: each subject is one diagram. */
const SERVICES: Readonly<Record<AnyService, Readonly<Record<string, Entities>>>> = {
  wallet: { wallets: wallet },
  catalog: { products: catalog },
  coupon: { coupons: coupon },
  order,
  ranking: {
    sales: { CountedStepEntity, HourlySalesEntity, HourlyTotalsEntity, UntalliedSaleEntity },
    tallies,
  },
  gateway,
};

const LIBRARIES: Readonly<Record<string, Entities>> = {
  'stored outcomes and kept sums': Object.fromEntries(
    [OutcomeEntity, ...BOOK_ENTITIES].map((entity) => [entity.name, entity]),
  ),
  'dead letters': { DeadLetterEntity, DeadLetterGroupEntity },
};

interface Reference {
  readonly column: string;
  readonly table: string;
  /** Has a foreign key; else it is known by its name alone. */
  readonly isForced: boolean;
}

/** The table of the service whose primary key a column is named after: `order_id` is of `orders`. */
function namesake(column: string, of: DeclaredTable, all: readonly DeclaredTable[]): string | undefined {
  const name = `${column.replace(/_id$/, '')}s`;
  const found = all.find((one) => one.name === name && one.keys[0]?.join() === column);
  return column.endsWith('_id') && found !== undefined && found.name !== of.name ? name : undefined;
}

/** The tables of the service that a table's rows name. */
function referencesOf(table: DeclaredTable, all: readonly DeclaredTable[]): Reference[] {
  return table.columns.flatMap(({ name: column }): Reference[] => {
    const forced = table.references.find((reference) => reference.column === column);
    if (forced !== undefined) return [{ ...forced, isForced: true }];
    const named = namesake(column, table, all);
    return named === undefined ? [] : [{ column, table: named, isForced: false }];
  });
}

/** A line for a reference: solid where there is a foreign key; a crow's foot where several rows may name one. */
function relation(table: DeclaredTable, { column, table: other, isForced }: Reference): string {
  const isNullable = table.columns.find(({ name }) => name === column)?.isNullable === true;
  const isOne = table.keys.some((key) => key.join() === column);
  return `${other} ${isNullable ? '|o' : '||'}${isForced ? '--' : '..'}${isOne ? 'o|' : 'o{'} ${table.name} : ${column}`;
}

/** Columns that are named by numbers, `w1` to `w30`, as one. */
function unnumbered(columns: readonly DeclaredColumn[]): DeclaredColumn[] {
  const stems = Map.groupBy(columns, ({ name, type }) => `${type} ${name.replace(/\d+$/, '')}`);
  return [...stems.values()].map(([first, ...others]) => {
    const last = others.at(-1);
    return last === undefined ? first! : { ...first!, name: `${first!.name}_to_${last.name}` };
  });
}

function box(table: DeclaredTable, references: readonly Reference[]): string[] {
  const columns = unnumbered(table.columns).map(({ name, type, isPrimary, isNullable }) => {
    const marks = [
      ...(isPrimary ? ['PK'] : []),
      ...(references.some(({ column, isForced }) => isForced && column === name) ? ['FK'] : []),
      ...(!isPrimary && table.keys.some((key) => key.join() === name) ? ['UK'] : []),
    ];
    return `  ${type} ${name} ${marks.join(', ')}${isNullable ? ' "or null"' : ''}`.trimEnd();
  });
  return [`${table.name} {`, ...columns, '}'];
}

/**
 * Draws tables as a Mermaid diagram.
 *
 * @param all the tables of the service, which these may refer to
 */
export function entityDiagram(tables: readonly DeclaredTable[], all: readonly DeclaredTable[]): string {
  const references = tables.map((table) => referencesOf(table, all));
  const relations = tables.flatMap((table, index) =>
    (references[index] ?? []).map((one) => relation(table, one)),
  );
  // Tables without a line stand beside each other from top to bottom, and below each other from left to right.
  return block('erDiagram', [
    `direction ${relations.length < tables.length - 1 ? 'LR' : 'TB'}`,
    ...relations,
    ...tables.flatMap((table, index) => box(table, references[index] ?? [])),
  ]);
}

const INTRODUCTION = `What each service stores, from its entities, which a test compares with a migrated database. No line leads from one service
to another: none reads another's database. A solid line is a foreign key, a dashed one a column that is named after
the key of another table and has no foreign key, since rows are written together or order after order at high speed.
A crow's foot: several rows may name the same one.`;

const OF_LIBRARIES = `These tables come with libraries: wherever a service stores outcomes, keeps sums of its books or parks messages, they
look the same.`;

function diagramsOf(subjects: Readonly<Record<string, Entities>>): string[] {
  const tables = Object.values(subjects).map((entities) => Object.values(entities).map(declaredTable));
  return Object.keys(subjects).flatMap((subject, index) => {
    const diagram = entityDiagram(tables[index] ?? [], tables.flat());
    return tables.length === 1 ? [diagram] : [`### ${nameOf(subject)}`, diagram];
  });
}

/** `dataPlatform` for people. */
function nameOf(subject: string): string {
  return subject.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The page of all tables. */
export function entitiesPage(): string {
  return titled('Tables', INTRODUCTION, [
    ...Object.entries(SERVICES).flatMap(([service, subjects]) => [`## ${service}`, ...diagramsOf(subjects)]),
    '## Of the libraries',
    OF_LIBRARIES,
    ...diagramsOf(LIBRARIES),
  ]);
}
