import pg from 'pg';
import { services } from '@jangteo/tools';
import type { Arena } from '../../places/arena.js';
import { seconds } from '../../report/invariants.js';
import type { Nemesis } from '../nemesis.js';

const TERMINATE_EVERY_MS = 200;
const SMALLEST_POOL = '2';
/** Locks that every batch of a service needs. */
const LOCKS = [
  { service: 'wallet', statement: 'SELECT FROM wallets FOR UPDATE' },
  { service: 'wallet', statement: 'LOCK TABLE ledger IN EXCLUSIVE MODE' },
  { service: 'catalog', statement: 'SELECT FROM options FOR UPDATE' },
  { service: 'coupon', statement: 'SELECT FROM user_coupons FOR UPDATE' },
  { service: 'order', statement: 'SELECT FROM sagas FOR UPDATE' },
  { service: 'order', statement: 'LOCK TABLE orders IN EXCLUSIVE MODE' },
  { service: 'ranking', statement: 'LOCK TABLE hourly_sales IN EXCLUSIVE MODE' },
] as const;

/** Works on a service's database as somebody who may do everything. */
export async function asSuperuser(
  arena: Arena,
  service: (typeof services)[number],
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: arena.stack.superuserUrlOf(service) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

export const holdLock: Nemesis = {
  test: 18,
  name: 'hold locks',
  about: 'rows or a table of a service locked for up to a minute by somebody else',
  plan(dice, lengthMsMax) {
    const { service, statement } = dice.pick(LOCKS);
    const ms = Math.min(lengthMsMax, dice.pick([3_000, 8_000, 20_000, 60_000]));
    return {
      what: `"${statement}" held in the database of ${service} for ${seconds(ms)}`,
      claims: ['postgres', service],
      async run(arena) {
        await asSuperuser(arena, service, async (client) => {
          await client.query('BEGIN');
          await client.query(statement);
          await arena.last(ms);
          await client.query('ROLLBACK');
        });
      },
    };
  },
};

export const holdRow: Nemesis = {
  test: 18,
  name: 'hold one row',
  about: "one customer's wallet locked for up to a minute by somebody else, in the way of nobody but them",
  plan(dice, lengthMsMax) {
    const ms = Math.min(lengthMsMax, dice.pick([8_000, 40_000, 60_000]));
    const position = dice.whole(0, 100);
    return {
      what: `one row of wallets held for ${seconds(ms)}`,
      claims: ['postgres', 'wallet'],
      async run(arena) {
        const { customers } = arena.load.shop;
        await asSuperuser(arena, 'wallet', async (client) => {
          await client.query('BEGIN');
          await client.query('SELECT FROM wallets WHERE user_id = $1 FOR UPDATE', [
            customers[position % customers.length]?.userId,
          ]);
          await arena.last(ms);
          await client.query('ROLLBACK');
        });
      },
    };
  },
};

export const terminateSessions: Nemesis = {
  test: 18,
  name: 'terminate sessions',
  about: 'pg_terminate_backend for all sessions of a service five times a second',
  plan(dice, lengthMsMax) {
    const service = dice.pick(services);
    const times = Math.floor(Math.min(lengthMsMax, dice.whole(2_000, 8_000)) / TERMINATE_EVERY_MS);
    return {
      what: `sessions of ${service} with its database ended ${times} times`,
      claims: ['postgres', service],
      async run(arena) {
        await asSuperuser(arena, service, async (client) => {
          for (let time = 0; time < times && !arena.signal.aborted; time += 1) {
            const { rowCount } = await client.query(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND starts_with(usename, datname)`,
            );
            arena.countHarm('database sessions ended', rowCount ?? 0);
            await arena.last(TERMINATE_EVERY_MS);
          }
        });
      },
    };
  },
};

export const smallPool: Nemesis = {
  test: 18,
  name: 'smallest pool',
  about: 'a service runs on the smallest pool of database connections',
  plan(dice, lengthMsMax) {
    const service = dice.pick(services);
    const ms = Math.min(lengthMsMax, 10_000);
    return {
      what: `${service} restarted with ${SMALLEST_POOL} database connections for ${seconds(ms)}`,
      claims: [service],
      async run(arena) {
        await arena.restart(service, { DATABASE_POOL_SIZE: SMALLEST_POOL });
        await arena.last(ms);
        await arena.restart(service);
      },
    };
  },
};
