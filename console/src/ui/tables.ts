/** A list as text: a row of heads, and as many cells in each row. */
export type Cells = readonly (readonly string[])[];

/** RFC 4180. What a spreadsheet would take for a formula has a quote before it. */
export function csvOf(rows: Cells): string {
  const cellOf = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

export function markdownOf([head = [], ...rows]: Cells): string {
  const cellOf = (text: string): string =>
    text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
  const lineOf = (row: readonly string[]): string => `| ${row.map(cellOf).join(' | ')} |\n`;
  return [lineOf(head), lineOf(head.map(() => '---')), ...rows.map(lineOf)].join('');
}
