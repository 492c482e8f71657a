import pg from 'pg';

const INT8 = 20;
const NUMERIC = 1700;

/** A look into a service's books that cannot change them. */
export interface ReadOnlyDatabase {
  rows<R extends object>(text: string, values: readonly unknown[]): Promise<R[]>;
  close(): Promise<void>;
}

/** Opens a database for reading; int8 and numeric come as numbers. */
export function readOnlyDatabase(url: string): ReadOnlyDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    options: '-c default_transaction_read_only=on',
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format)) as never,
    },
  });
  pool.on('error', () => undefined);
  return {
    async rows<R extends object>(text: string, values: readonly unknown[]): Promise<R[]> {
      return (await pool.query<R>(text, [...values])).rows;
    },
    close: () => pool.end(),
  };
}
