import type { ReactNode } from 'react';

/** A list as text: a row of heads, and as many cells in each row. */
export type Cells = readonly (readonly string[])[];

export interface Column<Row> {
  readonly id: string;
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** As it is copied and exported; left out of both where there is none. */
  readonly text?: (row: Row) => string;
  /** The head of such texts, where they do not say what they are in: `Total (USD)`. */
  readonly textHead?: string;
  /** What it shows opens the row, by the keyboard too: for tables whose rows have no link of their own. */
  readonly opens?: true;
  readonly align?: 'right';
  /** What is less needed is left out on small screens. */
  readonly from?: 'tablet' | 'desktop';
  /** Takes the room that is left, and cuts what is too long. */
  readonly isWide?: boolean;
}

export function cellsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Cells {
  const told = columns.filter(({ text }) => text !== undefined);
  return [
    told.map(({ head, textHead = head }) => textHead),
    ...rows.map((row) => told.map(({ text }) => text!(row))),
  ];
}

/** Text that Markdown shows as it is, on one line. */
export const markdownText = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#~&]/g, String.raw`\$&`);

export function markdownOf([head = [], ...rows]: Cells): string {
  const lineOf = (row: readonly string[]): string => `| ${row.map(markdownText).join(' | ')} |\n`;
  return [lineOf(head), lineOf(head.map(() => '---')), ...rows.map(lineOf)].join('');
}
