/** Rows of cells as RFC 4180 has them. What a spreadsheet would take for a formula has a quote before it. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cellOf = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}
