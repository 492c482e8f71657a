// What the lists of the shop read with their indexes and without them, by EXPLAIN ANALYZE, in databases that the
// services' own migrations have made, filled with so many orders, charges, coupons and products:
//
//   node_modules/.bin/node load/index-plans.mjs [rows]
//
// An index is dropped in a transaction that is rolled back. Each plan is the third of its kind: what it reads is in
// memory by then, as far as it fits.
import { connected, withOwnPostgres } from './own-postgres.mjs';
import { migrate } from '../libs/database/dist/src/index.js';
import {
  STORED_CUSTOMERS,
  STORED_ORDERS,
  STORED_PRODUCTS,
} from '../tools/dist/src/bench/stored-orders.sql.js';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const CUSTOMERS = Math.ceil(ROWS / 10);
const PRODUCTS = Math.ceil(ROWS / 10);
const CHUNK = 100_000;
const DAYS = 30;
const uuid = (text) => `md5(${text})::uuid`;

/** In chunks: what makes the rows of one, then what stores them. */
async function store(client, [make, ...inserts], count, parametersOf) {
  for (let from = 1; from <= count; from += CHUNK) {
    const last = Math.min(from + CHUNK - 1, count);
    await client.query('BEGIN');
    await client.query('DROP TABLE IF EXISTS made');
    await client.query(make, parametersOf(from, last));
    for (const insert of inserts) await client.query(insert);
    await client.query('COMMIT');
  }
}

/** Of every second order; the others are by customers of the past. */
const BUYERS = Array.from(
  { length: 10_000 },
  (_, index) => `10000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
);
const GOODS = ['20000000-0000-7000-8000-000000000001', '20000000-0000-7000-8000-000000000002'];

function orderParameters(from, last) {
  const periodMs = DAYS * 86_400_000;
  const everyMs = Math.floor(periodMs / ROWS);
  return [from, last, Date.now() - periodMs, everyMs, BUYERS, GOODS, GOODS, 1_000, CUSTOMERS, PRODUCTS];
}

const FILLED = {
  order: async (client) => {
    // Orders by themselves: lines and history are not in these lists' way.
    const [make, ...inserts] = STORED_ORDERS.order;
    const kept = inserts.filter((text) => /INSERT INTO (orders|sagas) /.test(text));
    await store(client, [make, ...kept], ROWS, orderParameters);
    const failed = Math.ceil(ROWS / 1_000);
    await client.query(`UPDATE orders SET status = 'FAILED', failure_code = 'OUT_OF_STOCK', completed_at = NULL
      WHERE order_id IN (SELECT order_id FROM orders ORDER BY created_at LIMIT ${failed})`);
  },
  wallet: async (client) => {
    await store(client, STORED_CUSTOMERS.wallet, CUSTOMERS, (from, last) => [from - 1, last - 1]);
    await client.query(`
      INSERT INTO ledger (transaction_id, user_id, position, type, amount, balance_before, balance_after, order_id,
        created_at)
      SELECT gen_random_uuid(), user_id, place + 1, 'PAYMENT', -1000, 1000000000 - (place - 1) * 1000,
        1000000000 - place * 1000, gen_random_uuid(), now() - place * interval '1 day'
      FROM generate_series(1, 10) AS place, wallets`);
  },
  coupon: async (client) => {
    await client.query(`
      INSERT INTO coupons (coupon_id, name, discount_type, discount_value, total_quantity, issued_quantity, status,
        created_at)
      SELECT ${uuid("'c' || i")}, 'Coupon ' || i, 'FIXED', 1000, 1000000, ${CUSTOMERS}, 'ISSUABLE', now()
      FROM generate_series(1, 10) AS i`);
    await client.query(`
      INSERT INTO user_coupons (user_coupon_id, coupon_id, user_id, sequence, issued_at)
      SELECT gen_random_uuid(), ${uuid("'c' || i")}, ${uuid("'u' || place")}, place, now() - i * interval '1 day'
      FROM generate_series(1, 10) AS i, generate_series(1, ${CUSTOMERS}) AS place`);
  },
  catalog: async (client) => {
    await store(client, STORED_PRODUCTS.catalog, PRODUCTS, (from, last) => [from - 1, last - 1, 1_000]);
    await client.query("UPDATE products SET status = 'ARCHIVED' WHERE ctid < '(1000, 0)'");
  },
};

/** What each list comes down to, and the index that carries it. */
const LISTS = [
  {
    name: "a customer's orders, newest first",
    service: 'order',
    index: 'orders_of_user',
    sql: `SELECT order_id, status, total, created_at FROM orders WHERE user_id = $1
ORDER BY created_at DESC, order_id DESC LIMIT 20`,
    value: `SELECT '${BUYERS[47]}' AS value`,
  },
  {
    name: 'all orders, newest first',
    service: 'order',
    index: 'orders_by_time',
    sql: `SELECT order_id, status, total, created_at FROM orders
ORDER BY created_at DESC, order_id DESC LIMIT 20`,
  },
  {
    name: 'orders that failed for a reason, newest first',
    service: 'order',
    index: 'orders_failed',
    sql: `SELECT order_id, created_at FROM orders WHERE failure_code = $1
ORDER BY created_at DESC, order_id DESC LIMIT 20`,
    value: "SELECT 'OUT_OF_STOCK' AS value",
  },
  {
    name: 'sagas that are due, as the sweeper looks for them every second',
    service: 'order',
    index: 'sagas_to_look_at',
    sql: `SELECT order_id FROM sagas WHERE look_again_at <= now() ORDER BY look_again_at LIMIT 200`,
  },
  {
    name: "a customer's movements, newest first",
    service: 'wallet',
    constraint: ['ledger', 'ledger_user_id_position_key'],
    sql: `SELECT type, amount, balance_after, created_at FROM ledger WHERE user_id = $1
ORDER BY position DESC LIMIT 20`,
    value: 'SELECT user_id AS value FROM wallets OFFSET 47 LIMIT 1',
  },
  {
    name: "a customer's coupons, newest first",
    service: 'coupon',
    index: 'user_coupons_newest',
    sql: `SELECT user_coupon_id, coupon_id, issued_at FROM user_coupons WHERE user_id = $1
ORDER BY issued_at DESC, user_coupon_id DESC LIMIT 20`,
    value: `SELECT ${uuid("'u47'")} AS value`,
  },
  {
    name: 'products on sale, a page',
    service: 'catalog',
    index: 'products_sellable',
    sql: `SELECT product_id, version FROM products WHERE status = 'SELLABLE' AND product_id > $1
ORDER BY product_id LIMIT 20`,
    value: "SELECT '40000000-0000-7000-8000-000000000000'::uuid AS value",
  },
];

async function planOf(client, { sql, value }) {
  const values = value === undefined ? [] : [(await client.query(value)).rows[0].value];
  const literal = sql.replace('$1', () => `'${values[0]}'`);
  let rows;
  for (let time = 0; time < 3; time += 1) {
    ({ rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS) ${literal}`));
  }
  return { literal, plan: rows.map((row) => row['QUERY PLAN']).join('\n') };
}

const numberIn = (plan, pattern) => Number(pattern.exec(plan)?.[1] ?? 0);
/** Those of the uppermost node, which counts what is below it. */
const pagesOf = (plan) => {
  const [line = ''] = /Buffers: shared.*/.exec(plan) ?? [];
  return (numberIn(line, /hit=(\d+)/) + numberIn(line, /read=(\d+)/)).toLocaleString('en');
};

function timeOf(plan) {
  const ms = numberIn(plan, /Execution Time: ([\d.]+)/);
  return `${ms.toLocaleString('en', { maximumFractionDigits: ms < 10 ? 2 : 0 })} ms`;
}

await withOwnPostgres(async (url) => {
  const server = await connected(url);
  const summary = [];
  const details = [];
  for (const [service, fill] of Object.entries(FILLED)) {
    await server.query(`CREATE DATABASE "${service}"`);
    const own = new URL(url);
    own.pathname = `/${service}`;
    const { migrations } = await import(`../services/${service}/dist/src/migrations/index.js`);
    await migrate(own.href, migrations);
    const client = await connected(own.href);
    // No need to look up each row of a foreign table, nor to wait for the disk.
    await client.query('SET session_replication_role = replica; SET synchronous_commit = off; SET jit = off');
    console.error(`filling ${service}`);
    await fill(client);
    await client.query('VACUUM (ANALYZE)');
    for (const list of LISTS.filter((one) => one.service === service)) {
      const after = await planOf(client, list);
      await client.query('BEGIN');
      const [table, constraint] = list.constraint ?? [];
      await client.query(
        table === undefined
          ? `DROP INDEX ${list.index}`
          : `ALTER TABLE ${table} DROP CONSTRAINT ${constraint} CASCADE`,
      );
      const before = await planOf(client, list);
      await client.query('ROLLBACK');
      const [without, within] = [before, after].map(({ plan }) => `${timeOf(plan)}, ${pagesOf(plan)}`);
      summary.push(`| ${list.name} | \`${list.index ?? constraint}\` | ${without} | ${within} |`);
      details.push(
        `## ${list.name}\n\n\`\`\`sql\n${after.literal}\n\`\`\`\n\nwithout:\n\`\`\`text\n${before.plan}\n\`\`\`\nwith:\n\`\`\`text\n${after.plan}\n\`\`\`\n`,
      );
    }
    await client.end();
  }
  console.log('| list | index | without it: time, pages | with it: time, pages |\n|---|---|---|---|');
  console.log(summary.join('\n'));
  console.log(`\n${details.join('\n')}`);
});
