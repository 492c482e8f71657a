import { getMetadataArgsStorage } from 'typeorm';
import { columnNameOf } from './naming.js';

export interface DeclaredColumn {
  readonly name: string;
  readonly type: string;
  readonly isPrimary: boolean;
  readonly isNullable: boolean;
}

/** A table as its entity declares it, by the names that SQL knows. */
export interface DeclaredTable {
  readonly name: string;
  readonly columns: readonly DeclaredColumn[];
  /** Columns of which no two rows have the same values, the primary key first. */
  readonly keys: readonly (readonly string[])[];
  /** Foreign keys, which are of one column each. */
  readonly references: readonly { readonly column: string; readonly table: string }[];
}

type Entity = new () => object;

function tableNameOf(entity: Entity): string {
  const name = getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name;
  if (name === undefined) throw new Error(`${entity.name} declares no table`);
  return name;
}

/** Reads what an entity declares, without a database. */
export function declaredTable(entity: Entity): DeclaredTable {
  const declared = getMetadataArgsStorage();
  const columns = declared.filterColumns(entity).map(({ propertyName, options }) => ({
    property: propertyName,
    name: columnNameOf(propertyName, options.name),
    type: `${String(options.type)}${options.array === true ? '[]' : ''}`,
    isPrimary: options.primary === true,
    isNullable: options.nullable === true,
  }));
  const named = (property: unknown): string =>
    columns.find((column) => column.property === property)?.name ?? String(property);
  const namesOf = (properties: unknown): string[] => (Array.isArray(properties) ? properties.map(named) : []);
  const uniques = declared.uniques.filter(({ target }) => target === entity);
  // Rows without a value have nothing that others could have too; any other condition leaves rows out that have one.
  const indexes = declared.indices.filter(
    ({ target, unique, where, columns: on }) =>
      target === entity &&
      unique === true &&
      (where === undefined || where === `${namesOf(on).join()} IS NOT NULL`),
  );
  return {
    name: tableNameOf(entity),
    columns: columns.map(({ property: _, ...column }) => column),
    keys: [
      columns.filter(({ isPrimary }) => isPrimary).map(({ name }) => name),
      ...[...uniques, ...indexes].map(({ columns: on }) => namesOf(on)),
    ],
    references: declared.foreignKeys
      .filter(({ target }) => target === entity)
      .map(({ propertyName, type }) => ({
        column: named(propertyName),
        table: tableNameOf((type as () => Entity)()),
      })),
  };
}
