import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { columnsOf, decideOnce, type Database, type Work } from '../src/index.js';
import { scratchDatabase, type Scratch } from './scratch.js';

interface Add {
  readonly key: string;
  readonly id: string;
  readonly amount: number;
  readonly fingerprint?: string;
}
type Sum = Outcome<{ total: number }>;

/** Adds to counters and answers the running total; refuses to go above 100. */
const adding: Work<Add, Map<string, number>, Sum, Map<string, number>> = {
  keyOf: ({ key, fingerprint = '' }) => ({ key, fingerprint }),
  async load(tx, messages) {
    const ids = [...new Set(messages.map(({ id }) => id))].sort();
    const made = tx.rows(
      'INSERT INTO counters SELECT id, 0 FROM unnest($1::text[]) AS t(id) ON CONFLICT DO NOTHING',
      [ids],
    );
    const locked = tx.rows<{ id: string; value: number }>(
      'SELECT id, value FROM counters WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE',
      [ids],
    );
    const [, rows] = await Promise.all([made, locked]);
    return new Map(rows.map(({ id, value }) => [id, value]));
  },
  decide(totals, messages) {
    const outcomes = messages.map(({ id, amount }): Sum => {
      const total = (totals.get(id) ?? 0) + amount;
      if (total > 100) return refuse('BALANCE_LIMIT_EXCEEDED');
      totals.set(id, total);
      return done({ total });
    });
    return { outcomes, changes: totals };
  },
  save(totals) {
    const rows = [...totals].map(([id, value]) => ({ id, value }));
    return [
      {
        text: `UPDATE counters SET value = t.value FROM unnest($1::text[], $2::bigint[]) AS t(id, value)
         WHERE counters.id = t.id`,
        values: columnsOf(rows, ['id', 'value']),
      },
    ];
  },
};

/** Undoes nothing: what an undo does that overtakes its action. */
const undoing: Work<string, undefined, Outcome<{ undone: boolean }>, undefined> = {
  keyOf: (orderId) => `${orderId}/undo-add`,
  actionKeyOf: (orderId) => `${orderId}/add`,
  load: () => Promise.resolve(undefined),
  decide: (_state, orderIds) => ({
    outcomes: orderIds.map(() => done({ undone: false })),
    changes: undefined,
  }),
  save: () => [],
};

describe('decideOnce', () => {
  let scratch: Scratch;
  let database: Database;
  const outcomesOf = async <M, S, O extends Outcome, C>(
    messages: readonly M[],
    work: Work<M, S, O, C>,
  ): Promise<O[]> => (await decideOnce(database, messages, work)).outcomes;
  const totalOf = async (id: string): Promise<number | undefined> => {
    const rows = await database.rows<{ value: number }>('SELECT value FROM counters WHERE id = $1', [id]);
    return rows[0]?.value;
  };

  beforeAll(async () => {
    scratch = await scratchDatabase();
    database = scratch.open({ DATABASE_POOL_SIZE: 10 });
  });
  afterAll(() => scratch.drop());

  it('answers each message in order, seeing the effects of those before it', async () => {
    const batch = [
      { key: 'a1', id: 'a', amount: 60 },
      { key: 'a2', id: 'a', amount: 50 },
      { key: 'a3', id: 'a', amount: 40 },
    ];
    expect(await outcomesOf(batch, adding)).toEqual([
      done({ total: 60 }),
      refuse('BALANCE_LIMIT_EXCEEDED'),
      done({ total: 100 }),
    ]);
  });

  it('answers a repeat from the store, in one batch and in a later one, refusals too', async () => {
    const first = { key: 'b1', id: 'b', amount: 90 };
    const refused = { key: 'b2', id: 'b', amount: 20 };
    const expected = [done({ total: 90 }), done({ total: 90 }), refuse('BALANCE_LIMIT_EXCEEDED')];
    expect(await outcomesOf([first, first, refused], adding)).toEqual(expected);
    await outcomesOf([{ key: 'b3', id: 'b', amount: -80 }], adding);
    expect(await outcomesOf([first, first, refused], adding)).toEqual(expected);
    expect(await totalOf('b')).toBe(10);
  });

  it('refuses another message under a key that was used, and changes nothing', async () => {
    const first = { key: 'c1', id: 'c', amount: 1, fingerprint: 'one' };
    const other = { key: 'c1', id: 'c', amount: 2, fingerprint: 'two' };
    expect(await outcomesOf([first, other], adding)).toEqual([
      done({ total: 1 }),
      refuse('IDEMPOTENCY_KEY_REUSED'),
    ]);
    expect(await outcomesOf([other], adding)).toEqual([refuse('IDEMPOTENCY_KEY_REUSED')]);
    expect(await totalOf('c')).toBe(1);
  });

  it('has one effect when the same batch is decided many times at once', async () => {
    const batch = Array.from({ length: 20 }, (_, index) => ({ key: `d${index}`, id: 'd', amount: 1 }));
    const answers = await Promise.all(Array.from({ length: 10 }, () => outcomesOf(batch, adding)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await totalOf('d')).toBe(20);
  });

  it('has one effect when rows give no lock to wait for', async () => {
    const free: typeof adding = {
      ...adding,
      load: () => Promise.resolve(new Map()),
      save: () => [
        {
          text: "INSERT INTO counters VALUES ('e', 5) ON CONFLICT (id) DO UPDATE SET value = counters.value + 5",
          values: [],
        },
      ],
    };
    const message = { key: 'e1', id: 'e', amount: 5 };
    const answers = await Promise.all(Array.from({ length: 10 }, () => outcomesOf([message], free)));
    expect(answers).toEqual(Array.from({ length: 10 }, () => [done({ total: 5 })]));
    expect(await totalOf('e')).toBe(5);
  });

  it('meets no deadlock when batches store the same outcomes in another order without any lock', async () => {
    const answering: Work<string, undefined, Outcome<string>, undefined> = {
      keyOf: (key) => key,
      load: () => Promise.resolve(undefined),
      decide: (_state, keys) => ({ outcomes: keys.map((key) => done(key)), changes: undefined }),
      save: () => [],
    };
    const keys = Array.from({ length: 2_000 }, (_, index) => `unlocked-${index}`);
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        outcomesOf(index % 2 === 0 ? keys : keys.toReversed(), answering),
      ),
    );
    await database.rows('SELECT pg_stat_force_next_flush()');
    const counted = 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()';
    expect(await database.rows(counted)).toEqual([{ deadlocks: 0 }]);
  });

  it('refuses an action that its undo overtook, and leaves one that came first as it was', async () => {
    const late = { key: 'order-1/add', id: 'f', amount: 5 };
    expect(await outcomesOf(['order-1', 'order-1'], undoing)).toEqual([
      done({ undone: false }),
      done({ undone: false }),
    ]);
    expect(await outcomesOf([late], adding)).toEqual([refuse('ORDER_TIMED_OUT', 'the order was given up')]);
    expect(await totalOf('f')).toBe(0);
    const early = { key: 'order-2/add', id: 'f', amount: 5 };
    await outcomesOf([early], adding);
    await outcomesOf(['order-2'], undoing);
    expect(await outcomesOf([early], adding)).toEqual([done({ total: 5 })]);
  });

  it('fails loudly when a decision does not answer every message', async () => {
    const silent: typeof adding = { ...adding, decide: (totals) => ({ outcomes: [], changes: totals }) };
    await expect(outcomesOf([{ key: 'g1', id: 'g', amount: 1 }], silent)).rejects.toThrow(
      '1 messages were decided with 0 outcomes',
    );
    expect(await totalOf('g')).toBeUndefined();
  });
});
