import { DefaultNamingStrategy, type Table } from 'typeorm';

/** A column is named as its property, in the manner of SQL, unless it has a name of its own. */
export const columnNameOf = (property: string, name?: string): string =>
  name ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Names as PostgreSQL itself gives them, so that entities need not say them. */
export class PostgresNames extends DefaultNamingStrategy {
  override columnName(property: string, name: string | undefined): string {
    return columnNameOf(property, name);
  }

  override primaryKeyName(of: Table | string): string {
    return `${this.getTableName(of)}_pkey`;
  }

  override uniqueConstraintName(of: Table | string, columns: string[]): string {
    return [this.getTableName(of), ...columns, 'key'].join('_');
  }

  override foreignKeyName(of: Table | string, columns: string[]): string {
    return [this.getTableName(of), ...columns, 'fkey'].join('_');
  }
}
