/** A list as text: a row of heads, and as many cells in each row. */
export type Cells = readonly (readonly string[])[];

export function markdownOf([head = [], ...rows]: Cells): string {
  const cellOf = (text: string): string =>
    text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
  const lineOf = (row: readonly string[]): string => `| ${row.map(cellOf).join(' | ')} |\n`;
  return [lineOf(head), lineOf(head.map(() => '---')), ...rows.map(lineOf)].join('');
}
