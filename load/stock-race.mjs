// One product, many buyers, and five ways to take its stock, on a PostgreSQL of its own:
//
//   node_modules/.bin/node load/stock-race.mjs [buyers] [seconds]
//
// Every sale is a row in `sales` and one piece less in `stock`, committed to the disk before its buyer is told. What a
// buyer does is the same in all five; only how the stock is taken differs.
import pg from 'pg';
import { withOwnPostgres } from './own-postgres.mjs';

const [BUYERS, SECONDS] = [Number(process.argv[2] ?? 64), Number(process.argv[3] ?? 8)];
const WARM_UP_SECONDS = 2;
/** More than are sold: what is compared is the taking, not the selling out. */
const STOCK = 1_000_000;
const BATCH_MAX = 200;
/** Connections, as of one service. */
const POOL = 10;

const SELL = { name: 'sell', text: 'INSERT INTO sales (buyer) SELECT unnest($1::int[])' };

/** @returns whether it was sold; false is tried again by the buyer */
async function inTransaction(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const isSold = await work(client);
    await client.query(isSold ? 'COMMIT' : 'ROLLBACK');
    return isSold;
  } finally {
    client.release();
  }
}

const read = (client, lock = '') =>
  client.query({ name: `read${lock}`, text: `SELECT pieces, version FROM stock WHERE id = 1 ${lock}` });

/** Reads what is left, and writes what is left then. */
const readAndSet = (lock) => (pool) => (buyer) =>
  inTransaction(pool, async (client) => {
    const { pieces } = (await read(client, lock)).rows[0];
    await client.query({
      name: 'set',
      text: 'UPDATE stock SET pieces = $1 WHERE id = 1',
      values: [pieces - 1],
    });
    await client.query({ ...SELL, values: [[buyer]] });
    return true;
  });

const WAYS = {
  'no lock: read, then write what is left': readAndSet(''),
  'optimistic: a version, and again where it has changed': (pool) => (buyer) =>
    inTransaction(pool, async (client) => {
      const { pieces, version } = (await read(client)).rows[0];
      const { rowCount } = await client.query({
        name: 'set-if',
        text: 'UPDATE stock SET pieces = $1, version = version + 1 WHERE id = 1 AND version = $2',
        values: [pieces - 1, version],
      });
      if (rowCount === 0) return false;
      await client.query({ ...SELL, values: [[buyer]] });
      return true;
    }),
  'row lock: SELECT FOR UPDATE': readAndSet('FOR UPDATE'),
  'one statement: UPDATE where enough is left': (pool) => (buyer) =>
    inTransaction(pool, async (client) => {
      await client.query({ ...SELL, values: [[buyer]] });
      const { rowCount } = await client.query({
        name: 'take',
        text: 'UPDATE stock SET pieces = pieces - 1 WHERE id = 1 AND pieces >= 1',
      });
      return rowCount === 1;
    }),
  'queue: a batch under one row lock': (pool) => {
    let waiting = [];
    let isWorking = false;
    async function work() {
      isWorking = true;
      while (waiting.length > 0) {
        const batch = waiting.slice(0, BATCH_MAX);
        waiting = waiting.slice(BATCH_MAX);
        await inTransaction(pool, async (client) => {
          const { pieces } = (await read(client, 'FOR UPDATE')).rows[0];
          const sold = batch.slice(0, pieces);
          await client.query({ ...SELL, values: [sold.map(({ buyer }) => buyer)] });
          const left = pieces - sold.length;
          await client.query({
            name: 'set',
            text: 'UPDATE stock SET pieces = $1 WHERE id = 1',
            values: [left],
          });
          return true;
        });
        for (const { answer } of batch) answer(true);
      }
      isWorking = false;
    }
    return (buyer) =>
      new Promise((answer) => {
        waiting.push({ buyer, answer });
        if (!isWorking) void work();
      });
  },
};

const quantile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

async function measure(pool, way) {
  await pool.query('TRUNCATE sales, stock');
  await pool.query('INSERT INTO stock VALUES (1, $1, 0)', [STOCK]);
  const buy = way(pool);
  const began = performance.now();
  const [from, until] = [began + WARM_UP_SECONDS * 1_000, began + (WARM_UP_SECONDS + SECONDS) * 1_000];
  const took = [];
  let retries = 0;
  async function buyer(number) {
    for (;;) {
      const askedAt = performance.now();
      if (askedAt >= until) return;
      while (!(await buy(number))) retries += 1;
      if (askedAt >= from) took.push(performance.now() - askedAt);
    }
  }
  await Promise.all(Array.from({ length: BUYERS }, (_, number) => buyer(number)));
  const { rows } = await pool.query(
    `SELECT (SELECT count(*)::int FROM sales) AS sold, ${STOCK} - pieces AS taken FROM stock`,
  );
  const sorted = took.toSorted((one, other) => one - other);
  const { sold, taken } = rows[0];
  return {
    perSecond: Math.round(took.length / SECONDS),
    p50: quantile(sorted, 0.5).toFixed(1),
    p99: quantile(sorted, 0.99).toFixed(1),
    retries: (retries / sold).toFixed(2),
    books: sold === taken ? 'exact' : `${sold - taken} of ${sold} sold twice`,
  };
}

await withOwnPostgres(async (connectionString) => {
  const pool = new pg.Pool({ connectionString, max: POOL });
  pool.on('error', () => undefined);
  await pool.query(`
    CREATE TABLE stock (id int PRIMARY KEY, pieces int NOT NULL, version int NOT NULL);
    CREATE TABLE sales (sale bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, buyer int NOT NULL)`);
  console.log(`${BUYERS} buyers, ${POOL} connections, ${SECONDS} s after ${WARM_UP_SECONDS} s\n`);
  console.log('| way | sales a second | p50, ms | p99, ms | tries too many, a sale | books |');
  console.log('|---|---|---|---|---|---|');
  for (const [name, way] of Object.entries(WAYS)) {
    const { perSecond, p50, p99, retries, books } = await measure(pool, way);
    console.log(`| ${name} | ${perSecond} | ${p50} | ${p99} | ${retries} | ${books} |`);
  }
  await pool.end();
});
