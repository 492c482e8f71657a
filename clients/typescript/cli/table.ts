/** A row as a table shows it, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

const CELL_WIDTH_MAX = 60;

/** Characters that take two places of a terminal: Hangul, Chinese characters, kana, full-width forms, pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

const SEGMENTER = new Intl.Segmenter();

/** Characters as people see them. */
const charactersOf = (text: string): string[] =>
  Array.from(SEGMENTER.segment(text), ({ segment }) => segment);

/** Places of a terminal that a text takes. */
export function widthOf(text: string): number {
  return charactersOf(text).reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);
}

/** Replaces control characters: text that others wrote must not reach the terminal as its commands. */
export function harmless(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}

/** A value in words; nothing for what is not there. */
export function said(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return harmless(value);
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object'))
    return value.map(said).join(', ');
  return harmless(JSON.stringify(value));
}

function cut(text: string): string {
  if (widthOf(text) <= CELL_WIDTH_MAX) return text;
  let kept = '';
  for (const character of charactersOf(text)) {
    if (widthOf(kept + character) >= CELL_WIDTH_MAX) break;
    kept += character;
  }
  return `${kept}…`;
}

const isNumber = (value: unknown): boolean => typeof value === 'number' || value === undefined;

/**
 * Rows under their headings, numbers to the right.
 * @param nothing what is said where there are none
 */
export function tableOf(rows: readonly Row[], nothing = 'There are none.'): string {
  const [first] = rows;
  if (first === undefined) return nothing;
  const columns = Object.keys(first).map((name) => {
    const values = rows.map((row) => row[name]);
    const cells = [name, ...values.map((value) => cut(said(value)))];
    const width = Math.max(...cells.map(widthOf));
    const isRight = values.some((value) => typeof value === 'number') && values.every(isNumber);
    return cells.map((cell) => {
      const space = ' '.repeat(width - widthOf(cell));
      return isRight ? space + cell : cell + space;
    });
  });
  const lines = [undefined, ...rows].map((_, index) => columns.map((cells) => cells[index]).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

const isRows = (value: unknown): value is readonly Row[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'object' && one !== null);

/** A field on a line; where it is a text of several lines they stand beneath its name. */
function fieldOf(name: string, value: unknown, width: number): string {
  if (typeof value !== 'string' || !value.includes('\n')) {
    return `${name.padEnd(width)}  ${said(value)}`.trimEnd();
  }
  const lines = value.trimEnd().split('\n');
  return [name, ...lines.map((line) => `    ${harmless(line)}`)].join('\n');
}

/** All that is known of one thing: its fields, and a table for each list in it. */
export function detailsOf(thing: object): string {
  const entries = Object.entries(thing).filter(([, value]) => value !== undefined);
  const plain = entries.filter(([, value]) => !isRows(value));
  const width = Math.max(...plain.map(([name]) => name.length), 0);
  const lines = plain.map(([name, value]) => fieldOf(name, value, width));
  const tables = entries.flatMap(([name, value]) =>
    isRows(value) ? ['', `${name}:`, tableOf(uniform(value))] : [],
  );
  return [...lines, ...tables].join('\n');
}

/** Rows that all have the fields that any of them has. */
export function uniform(rows: readonly Row[]): Row[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
}
