import { csvOf, type List } from '@jangteo/client';
import { cellsOf, type Cells, type Column } from './tables.js';

/** More would be a report, for which the API is there. */
export const EXPORTED_ROWS_MAX = 10_000;
/** As many as the API gives at a time. */
export const READ_ROWS = 100;

export interface Exported {
  readonly cells: Cells;
  /** There are more rows than these. */
  readonly isCut: boolean;
}

/** A list as it is exported, up to {@link EXPORTED_ROWS_MAX} rows. @throws JangteoError */
export async function exportedOf<Row>(
  columns: readonly Column<Row>[],
  list: Pick<List<Row>, 'pages'>,
): Promise<Exported> {
  const rows: Row[] = [];
  for await (const items of list.pages()) {
    rows.push(...items);
    if (rows.length > EXPORTED_ROWS_MAX) break;
  }
  return {
    cells: cellsOf(columns, rows.slice(0, EXPORTED_ROWS_MAX)),
    isCut: rows.length > EXPORTED_ROWS_MAX,
  };
}

/** A file for spreadsheets: without the mark at its beginning they read it in an encoding of old. */
export const csvFileOf = (cells: Cells): string => `\uFEFF${csvOf(cells)}`;
