import pg from 'pg';

/** An int8 or count as a number; one that a number does not hold exactly is an error, never a rounding. */
export function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is not a safe integer`);
  return value;
}

const INT8 = 20;
const INT8_ARRAY = 1016 as number;

/** pg's type parsers, with int8 read as a checked number and never as a string. */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return safeInteger;
    if (oid === INT8_ARRAY) {
      const parseArray = pg.types.getTypeParser(INT8_ARRAY, 'text') as (text: string) => string[];
      return (text: string) => parseArray(text).map(safeInteger);
    }
    return pg.types.getTypeParser(oid, format as 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * Turns rows into columns for `unnest($1::…[], $2::…[])`, so that a set is one statement of one text.
 *
 * @param rows the rows, in the order they are to be written
 * @param keys the columns, in the order of the parameters
 */
export function columnsOf<R, const K extends readonly (keyof R)[]>(rows: readonly R[], keys: K): unknown[][] {
  return keys.map((key) => rows.map((row) => row[key] ?? null));
}
