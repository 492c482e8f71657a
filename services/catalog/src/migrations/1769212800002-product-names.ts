import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** A name as it is looked for: however it is composed, and in whatever case. */
const NAME_KEY = `
  CREATE FUNCTION name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN lower(normalize(name, NFKC))`;

/** What lists are sorted by: so much of a name that a cursor can hold it. */
const NAME_ORDER = `
  CREATE FUNCTION name_order(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN left(lower(normalize(name, NFKC)), 24)`;

/** Pairs of characters that stand side by side: two Hangul syllables are a word, of which trigrams know nothing. */
const PAIRS = `
  SELECT letter || lead(letter) OVER (ORDER BY place) AS gram
  FROM unnest(string_to_array(lower(normalize($1, NFKC)), NULL)) WITH ORDINALITY AS spelled (letter, place)`;

/** All that a name is found by: its characters, and its pairs of them. */
const NAME_GRAMS = `
  CREATE FUNCTION name_grams(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT gram) FROM (
      ${PAIRS} UNION ALL SELECT unnest(string_to_array(lower(normalize($1, NFKC)), NULL))
    ) AS grams WHERE gram IS NOT NULL
  $$`;

/** What a name must have in which a text is found: its pairs, or the one character that it is. */
const QUERY_GRAMS = `
  CREATE FUNCTION query_grams(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT gram), ARRAY[lower(normalize($1, NFKC))])
    FROM (${PAIRS}) AS grams WHERE gram IS NOT NULL
  $$`;

/** In the database, so that an index holds them of every row, whoever wrote it: the release before, or a person. */
export class ProductNames1769212800002 implements MigrationInterface {
  readonly name = 'ProductNames1769212800002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    for (const statement of [NAME_KEY, NAME_ORDER, NAME_GRAMS, QUERY_GRAMS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION name_key, name_order, name_grams, query_grams');
  }
}
