import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Column, Entity, PrimaryColumn, runAll, table, type Database } from '../src/index.js';
import { scratchDatabase, type Scratch } from './scratch.js';

@Entity('things')
class ThingEntity {
  @PrimaryColumn('int') shelfNo!: number;
  @PrimaryColumn('int', { name: 'place' }) placeNo!: number;
  @Column('bigint', { nullable: true }) weight!: number | null;
  @Column('text', { array: true }) soldIn!: readonly string[];
  @Column('json', { nullable: true }) facts!: object | null;
  @Column({ type: 'timestamptz', precision: 3 }) seenAt!: Date;
  @Column('text', { default: 'new' }) state!: string;
}

const CREATE = `
  CREATE TABLE things (shelf_no int, place int, weight bigint, sold_in text[] NOT NULL, facts json,
    seen_at timestamptz(3) NOT NULL, state text NOT NULL DEFAULT 'new', PRIMARY KEY (shelf_no, place))`;

const things = table(ThingEntity);
const insert = things.insert({ omit: ['state'], onConflict: 'ON CONFLICT (shelf_no, place) DO NOTHING' });
const READ = `SELECT ${things.columns({ of: 't' })} FROM things AS t ORDER BY shelf_no, place`;

let scratch: Scratch;
let database: Database;

beforeAll(async () => {
  scratch = await scratchDatabase();
  database = scratch.open();
  await database.rows(CREATE);
});

beforeEach(async () => {
  await database.rows('DELETE FROM things');
});

afterAll(async () => {
  await scratch?.drop();
});

const ROW = {
  shelfNo: 1,
  placeNo: 1,
  weight: 2 ** 40,
  soldIn: ['a "b"', 'c, {d}', '', 'NULL'],
  facts: { said: ['"', null] },
  seenAt: new Date('2026-01-02T03:04:05.678Z'),
};
const BARE = { shelfNo: 1, placeNo: 2, soldIn: [], seenAt: ROW.seenAt };

describe('a table', () => {
  it('gives back what was inserted, each column under the name of its property', async () => {
    await runAll(database, insert([ROW, BARE]));
    expect(await database.rows(READ)).toEqual([
      { ...ROW, state: 'new' },
      { ...BARE, weight: null, facts: null, state: 'new' },
    ]);
    expect(await database.rows('SELECT 1 AS one FROM things WHERE facts IS NULL')).toHaveLength(1);
  });

  it('has one text for any number of rows, and no statement for none', () => {
    expect(insert([])).toEqual([]);
    const [one] = insert([ROW]);
    const [two] = insert([ROW, BARE]);
    expect(two?.text).toBe(one?.text);
  });

  it('keeps what there is where rows are to stay', async () => {
    await runAll(database, insert([ROW]));
    await runAll(database, insert([{ ...ROW, weight: 1 }, BARE]));
    expect(await database.rows('SELECT weight FROM things ORDER BY place')).toEqual([
      { weight: ROW.weight },
      { weight: null },
    ]);
  });

  it('updates the rows of all its keys, with what rows bring or SQL says of it', async () => {
    await runAll(database, insert([ROW, BARE]));
    const update = things.update({
      by: ['shelfNo', 'placeNo'],
      set: ['soldIn', 'weight', 'facts'],
      numbers: ['moreBy'],
      sql: { weight: 'coalesce(n.weight, things.weight) + n.more_by', state: `'old'` },
    });
    await runAll(database, update([{ shelfNo: 1, placeNo: 1, soldIn: ['x'], facts: [1], moreBy: 3 }]));
    expect(await database.rows(READ)).toEqual([
      { ...ROW, soldIn: ['x'], weight: ROW.weight + 3, facts: [1], state: 'old' },
      { ...BARE, weight: null, facts: null, state: 'new' },
    ]);
  });

  it('is declared by an entity', () => {
    expect(() => table(class Nothing {})).toThrow('Nothing declares no table');
  });
});
