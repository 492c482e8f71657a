/** As a transaction has it. */
interface Statements {
  rows<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/** Counts the rows of a table that work reads within a transaction: its cost, however busy the machine is. */
export async function rowsRead(tx: Statements, table: string, work: () => Promise<unknown>): Promise<number> {
  // What the connection did a moment ago may still be among the figures.
  const soFar = async (): Promise<number> => {
    const [row] = await tx.rows<{ count: number }>(
      `SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS count FROM pg_stat_xact_user_tables WHERE relname = $1`,
      [table],
    );
    return row?.count ?? Number.NaN;
  };
  const before = await soFar();
  await work();
  return (await soFar()) - before;
}
