import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceName } from '@jangteo/contracts';
import {
  assertBooks,
  eventually,
  expected,
  startShop,
  START_DEADLINE_MS,
  withClient,
  pace,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem } from './expectations.js';
import { startLoad } from './load.js';

const here = await pace();
const program = promisify(execFile);

/** A busy machine audits slowly, and the shop is left alone the longer for it. */
const NEXT_AUDIT = { deadlineMs: 90_000, everyMs: 100 };

interface Report {
  readonly isSound: boolean;
  readonly tookMs: number;
  readonly checks: readonly {
    readonly name: string;
    readonly isSound: boolean;
    readonly findings: number;
    readonly examples: readonly { readonly key: string; readonly problem: string }[];
    readonly seen: readonly { readonly service: string; readonly sums: Record<string, string> }[];
    readonly unanswered: readonly string[];
  }[];
  readonly unanswered: readonly { readonly service: string; readonly reason: string }[];
}

/** A change that somebody may have made to the books, its repair, and the checks that find it. */
interface Forgery {
  readonly name: string;
  readonly service: ServiceName;
  readonly forge: string;
  readonly mend: string;
  readonly red: readonly string[];
}

/** The ledger refuses every change but to grow. */
const inLedger = (statement: string): string =>
  `ALTER TABLE ledger DISABLE TRIGGER ledger_only_grows; ${statement};
   ALTER TABLE ledger ENABLE TRIGGER ledger_only_grows`;

const AGE_MS = 2 * 3_600_000;

/** The id that an order would have if it had been placed two hours earlier. */
function aged(id: string): string {
  const digits = id.replaceAll('-', '');
  const time = (Number.parseInt(digits.slice(0, 12), 16) - AGE_MS).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${id.slice(13)}`;
}

/** {@link aged} in SQL. */
const agedSql = (id: string): string =>
  `(lpad(to_hex(('x' || left(replace(${id}::text, '-', ''), 12))::bit(48)::bigint - ${AGE_MS}), 12, '0')
    || substr(replace(${id}::text, '-', ''), 13))::uuid`;

/** Every table in which audits look at orders, and the one that says of which of them a service keeps sums. */
const OF_ORDERS: readonly (readonly [ServiceName, source: string, tables: readonly string[]])[] = [
  ['order', 'platform_records', ['orders', 'order_items', 'order_history', 'sagas', 'platform_records']],
  ['wallet', 'ledger', ['ledger']],
  ['catalog', 'reservations', ['reservations']],
  ['coupon', 'redemptions', ['redemptions', 'user_coupons']],
  ['ranking', 'counted_steps', ['counted_steps']],
];

/** Ids of orders stand in place of `<bought>`, `<coupon>`, `<failed>`. */
const FORGERIES: readonly Forgery[] = [
  {
    name: 'a balance without a ledger row',
    service: 'wallet',
    forge: 'UPDATE wallets SET balance = balance + 1',
    mend: 'UPDATE wallets SET balance = balance - 1',
    red: ['balances'],
  },
  {
    name: 'money held for no charge',
    service: 'wallet',
    forge: 'UPDATE wallets SET held = held + 1',
    mend: 'UPDATE wallets SET held = held - 1',
    red: ['balances'],
  },
  {
    name: 'a ledger row that does not begin where the one before ended',
    service: 'wallet',
    forge: inLedger(
      'UPDATE ledger SET balance_before = balance_before + 1, balance_after = balance_after + 1',
    ),
    mend: inLedger(
      'UPDATE ledger SET balance_before = balance_before - 1, balance_after = balance_after - 1',
    ),
    red: ['balances'],
  },
  {
    name: 'a charge that was credited although it was declined',
    service: 'wallet',
    forge: `UPDATE charges SET status = 'DECLINED'`,
    mend: `UPDATE charges SET status = 'SUCCEEDED'`,
    red: ['charges'],
  },
  {
    name: 'a refund that is not what was paid',
    service: 'wallet',
    forge: inLedger(
      `UPDATE ledger SET amount = amount + 1, balance_after = balance_after + 1 WHERE type = 'REFUND'`,
    ),
    mend: inLedger(
      `UPDATE ledger SET amount = amount - 1, balance_after = balance_after - 1 WHERE type = 'REFUND'`,
    ),
    red: ['balances', 'payments', 'payments-of-orders'],
  },
  {
    name: 'a payment that was lost, with the books of the wallet in order',
    service: 'wallet',
    forge: inLedger(`
      CREATE TABLE lost AS SELECT * FROM ledger WHERE order_id = '<bought>';
      UPDATE wallets SET balance = balance_before, movements = movements - 1 FROM lost
        WHERE wallets.user_id = lost.user_id;
      DELETE FROM ledger WHERE order_id = '<bought>'`),
    mend: `
      UPDATE wallets SET balance = balance_after, movements = movements + 1 FROM lost
        WHERE wallets.user_id = lost.user_id;
      INSERT INTO ledger SELECT * FROM lost; DROP TABLE lost`,
    red: ['payments-of-orders'],
  },
  {
    name: 'a payment for an order that nobody placed',
    service: 'wallet',
    forge: `
      INSERT INTO ledger (transaction_id, user_id, position, type, amount, balance_before, balance_after, order_id,
        created_at)
      SELECT gen_random_uuid(), user_id, movements + 1, 'PAYMENT', -1, balance, balance - 1, gen_random_uuid(), now()
      FROM wallets LIMIT 1;
      UPDATE wallets SET balance = balance - 1, movements = movements + 1 FROM ledger
        WHERE wallets.user_id = ledger.user_id AND amount = -1`,
    mend: inLedger(`
      UPDATE wallets SET balance = balance + 1, movements = movements - 1 FROM ledger
        WHERE wallets.user_id = ledger.user_id AND amount = -1;
      DELETE FROM ledger WHERE amount = -1`),
    red: ['payments-of-orders'],
  },
  {
    name: 'stock that never came in',
    service: 'catalog',
    forge: 'UPDATE options SET stock = stock + 1',
    mend: 'UPDATE options SET stock = stock - 1',
    red: ['stock'],
  },
  {
    name: 'stock that was given back although its order was not cancelled',
    service: 'catalog',
    forge: `
      UPDATE options SET stock = stock + quantity FROM reservations AS r
        WHERE r.option_id = options.option_id AND order_id = '<bought>';
      UPDATE reservations SET released_at = now() WHERE order_id = '<bought>'`,
    mend: `
      UPDATE options SET stock = stock - quantity FROM reservations AS r
        WHERE r.option_id = options.option_id AND order_id = '<bought>';
      UPDATE reservations SET released_at = NULL WHERE order_id = '<bought>'`,
    red: ['stock-of-orders', 'prices-of-orders'],
  },
  {
    name: 'a campaign that has counted wrongly',
    service: 'coupon',
    forge: 'UPDATE coupons SET issued_quantity = issued_quantity + 1',
    mend: 'UPDATE coupons SET issued_quantity = issued_quantity - 1',
    red: ['issued-coupons'],
  },
  {
    name: 'a coupon that is used without a redemption',
    service: 'coupon',
    forge: `UPDATE redemptions SET released_at = now() WHERE order_id = '<coupon>'`,
    mend: `UPDATE redemptions SET released_at = NULL WHERE order_id = '<coupon>'`,
    red: ['used-coupons', 'discounts-of-orders', 'coupons-of-orders'],
  },
  {
    name: 'a coupon that is free again although its order has it',
    service: 'coupon',
    forge: `
      UPDATE redemptions SET released_at = now() WHERE order_id = '<coupon>';
      UPDATE user_coupons SET order_id = NULL, used_at = NULL WHERE order_id = '<coupon>'`,
    mend: `
      UPDATE redemptions SET released_at = NULL WHERE order_id = '<coupon>';
      UPDATE user_coupons AS u SET order_id = r.order_id, used_at = redeemed_at FROM redemptions AS r
        WHERE r.user_coupon_id = u.user_coupon_id AND r.released_at IS NULL`,
    red: ['discounts-of-orders', 'coupons-of-orders'],
  },
  {
    name: 'a discount that no order was let off',
    service: 'coupon',
    forge: `UPDATE redemptions SET discount = discount + 1 WHERE order_id = '<coupon>'`,
    mend: `UPDATE redemptions SET discount = discount - 1 WHERE order_id = '<coupon>'`,
    red: ['discounts-of-orders'],
  },
  {
    name: 'a line that was charged otherwise than the catalog said',
    service: 'order',
    forge: `UPDATE order_items SET price = price - 1 WHERE order_id = '<bought>'`,
    mend: `UPDATE order_items SET price = price + 1 WHERE order_id = '<bought>'`,
    red: ['prices-of-orders'],
  },
  {
    name: 'a sum that is not what the catalog said, of which the discount makes up',
    service: 'order',
    forge: `UPDATE orders SET subtotal = subtotal + 1, discount = discount + 1 WHERE order_id = '<bought>'`,
    mend: `UPDATE orders SET subtotal = subtotal - 1, discount = discount - 1 WHERE order_id = '<bought>'`,
    red: ['prices-of-orders', 'discounts-of-orders'],
  },
  {
    name: 'an order that its saga knows as another',
    service: 'order',
    forge: `UPDATE sagas SET state = 'CANCELLED' WHERE order_id = '<bought>'`,
    mend: `UPDATE sagas SET state = 'SUCCESS' WHERE order_id = '<bought>'`,
    red: ['orders-and-sagas'],
  },
  {
    name: 'an order that nothing has happened to for an hour',
    service: 'order',
    forge: `
      UPDATE sagas SET state = 'CANCELLING', awaits = '{RefundWallet}', look_again_at = now() + interval '1 hour'
        WHERE order_id = '<bought>';
      UPDATE order_history SET changed_at = changed_at - interval '1 hour' WHERE order_id = '<bought>'`,
    mend: `
      UPDATE sagas SET state = 'SUCCESS', awaits = '{}', look_again_at = NULL WHERE order_id = '<bought>';
      UPDATE order_history SET changed_at = changed_at + interval '1 hour' WHERE order_id = '<bought>'`,
    red: ['progress'],
  },
  {
    name: 'an order that became a success in silence',
    service: 'order',
    forge: `
      UPDATE orders SET status = 'SUCCESS', completed_at = created_at, subtotal = 7, discount = 0, total = 7
        WHERE order_id = '<failed>';
      UPDATE sagas SET state = 'SUCCESS' WHERE order_id = '<failed>'`,
    mend: `
      UPDATE orders SET status = 'FAILED', completed_at = NULL WHERE order_id = '<failed>';
      UPDATE sagas SET state = 'FAILED' WHERE order_id = '<failed>'`,
    red: ['payments-of-orders', 'prices-of-orders', 'orders-in-ranking', 'orders-in-data-platform'],
  },
  {
    name: 'a record that was never made',
    service: 'order',
    forge: `CREATE TABLE lost AS SELECT * FROM platform_records WHERE order_id = '<bought>';
      DELETE FROM platform_records WHERE order_id = '<bought>'`,
    mend: 'INSERT INTO platform_records SELECT * FROM lost; DROP TABLE lost',
    red: ['orders-in-data-platform'],
  },
  {
    name: 'a success that the ranking never heard of',
    service: 'ranking',
    forge: `DELETE FROM counted_steps WHERE order_id = '<bought>'`,
    mend: `INSERT INTO counted_steps VALUES ('<bought>', 'COMPLETED')`,
    red: ['orders-in-ranking'],
  },
  {
    name: 'more units cancelled than sold',
    service: 'ranking',
    forge: 'UPDATE hourly_sales SET cancelled = cancelled + 1000',
    mend: 'UPDATE hourly_sales SET cancelled = cancelled - 1000',
    red: ['sales'],
  },
  {
    name: 'units that nobody bought',
    service: 'ranking',
    forge: `INSERT INTO hourly_sales (hour, product_id, sold, cancelled)
      SELECT hour - interval '3 hours', product_id, 5, 0 FROM hourly_sales`,
    mend: `UPDATE hourly_sales SET sold = 0 WHERE sold = 5`,
    red: ['units-in-ranking'],
  },
];

const ONE_TOO_MANY = {
  service: 'catalog',
  forge: 'UPDATE options SET stock = stock + 1',
  mend: 'UPDATE options SET stock = stock - 1',
} as const;

describe('the audit', () => {
  let shop: Shop;
  let client: ShopClient;
  let customers: readonly Customer[];
  const orders: Record<string, string> = {};

  async function open(): Promise<void> {
    const gateway = {
      AUDIT_INTERVAL_SECONDS: '2',
      AUDIT_GRACE_MS: '0',
      AUDIT_PAUSE_MS: '600',
      AUDIT_DEADLINE_MS: '10000',
    };
    // So that under load there is always something on its way when the audit looks.
    const ranking = { EVENT_GATHER_MS: '250' };
    shop = await startShop({ services: { gateway, ranking } });
    ({ client } = shop);
    customers = await client.registerMany(4, 1_000_000);
    const [customer] = customers as [Customer];
    const { productId } = await client.createProduct({ price: 1_000 });
    const { couponId } = await client.createCoupon({ discountValue: 300 });
    const { userCouponId } = await client.issue(customer, couponId);
    const items = [{ productId, quantity: 2 }];
    const place = async (body: object) =>
      expected(201, await client.order(customer, { items, ...body })).orderId;
    orders.coupon = await place({ userCouponId });
    const cancelled = await place({});
    expected(200, await client.post(`/orders/${cancelled}/cancel`, undefined, { token: customer.token }));
    const failed = await client.order(customer, { items: [{ productId, quantity: 1 }], expectedTotal: 1 });
    orders.failed = failed.body.orderId!;
    // The last one: what is done to its ledger row concerns no other row.
    orders.bought = await place({});
    await assertBooks(shop);
    await eventually(async () => (await audit()).isSound);
  }

  beforeAll(open, START_DEADLINE_MS);
  afterAll(() => shop?.stop());

  const audit = async (): Promise<Report> =>
    expected(200, await client.get<Report>('/admin/audit', { token: await client.admin() }));

  /** Checks with findings. Hours are compared once they are over, which may be at any moment: then one more is red. */
  const redOf = ({ checks }: Report, forged: readonly string[] = ['units-in-ranking']): string[] =>
    checks
      .filter(({ findings }) => findings > 0)
      .map(({ name }) => name)
      .filter((name) => name !== 'units-in-ranking' || forged.includes(name));

  async function change(service: ServiceName, statements: string): Promise<void> {
    const named = Object.entries(orders).reduce(
      (text, [word, id]) => text.replaceAll(`<${word}>`, id),
      statements,
    );
    await withClient(shop.databaseUrlOf(service), (database) => database.query(named));
  }

  async function whileForged<T>(
    { service, forge, mend }: Pick<Forgery, 'service' | 'forge' | 'mend'>,
    look: () => Promise<T>,
  ): Promise<T> {
    await change(service, forge);
    try {
      return await look();
    } finally {
      await change(service, mend);
    }
  }

  /**
   * Keeps a service from adding to its sums what it has noted of a forgery. That happens every ten seconds, and what an
   * audit finds by the note alone it would else find sometimes.
   */
  async function whileNoted<T>(service: ServiceName, look: () => Promise<T>): Promise<T> {
    return await withClient(shop.databaseUrlOf(service), async (database) => {
      // Until the end of the session.
      await database.query('BEGIN; SELECT FROM book_marks FOR UPDATE');
      return await look();
    });
  }

  const SCRIPT = fileURLToPath(new URL('../../../tools/dist/src/audit.js', import.meta.url));

  function asAdmin(): NodeJS.ProcessEnv {
    const { email, password } = client.adminCredentials;
    return { PATH: process.env.PATH, ADMIN_EMAIL: email, ADMIN_PASSWORD: password };
  }

  /** `npm run audit`, with what it says of progress too. */
  async function runProgram(
    url: string,
    args: readonly string[] = [],
  ): Promise<{ code: unknown; text: string }> {
    try {
      const { stdout, stderr } = await program(process.execPath, [SCRIPT, '--url', url, ...args], {
        env: asAdmin(),
      });
      return { code: 0, text: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as Error & { code: unknown; stdout: string; stderr: string };
      return { code, text: stdout + stderr };
    }
  }

  const metric = async (line: RegExp): Promise<string | undefined> => {
    const metrics = await (await fetch(`${shop.urlOf('gateway')}/metrics`)).text();
    return line.exec(metrics)?.[1];
  };

  it('shows what both sides have, and finds nothing wrong with a shop that nobody has harmed', async () => {
    const { isSound, checks, unanswered } = await audit();
    expect({ isSound, unanswered }).toEqual({ isSound: true, unanswered: [] });
    const sumsOf = (name: string) =>
      checks.find((check) => check.name === name)?.seen.map(({ sums }) => sums);
    expect(sumsOf('payments-of-orders')).toEqual([{ payments: '3700' }, { payments: '3700' }]);
    expect(sumsOf('stock-of-orders')).toEqual([{ stock: '4' }, { stock: '4' }]);
    expect(sumsOf('balances')).toEqual([{ balance: '3996300', ledger: '3996300', held: '0' }]);
    expect(sumsOf('stock')).toEqual([{ received: '100', remaining: '96', taken: '4' }]);
    expect(sumsOf('orders-in-ranking')).toEqual([{ steps: '4' }, { steps: '4' }]);
  });

  it.each(FORGERIES)('finds $name', async (forgery) => {
    const report = await whileForged(forgery, audit);
    expect(redOf(report, forgery.red)).toEqual(forgery.red);
    expect(report).toMatchObject({ isSound: false, unanswered: [] });
    const examples = report.checks.flatMap((check) => check.examples);
    expect(examples.length).toBeGreaterThan(0);
    expect(JSON.stringify(examples)).not.toContain('@');
    expect(redOf(await audit())).toEqual([]);
  });

  it('has seen every check turn red', async () => {
    const seen = new Set(FORGERIES.flatMap(({ red }) => red));
    expect((await audit()).checks.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });

  it('is watched until Ctrl-C, which ends the session too', async () => {
    const sessions = () => shop.sql<{ id: string }>('gateway', 'SELECT session_id AS id FROM sessions');
    const before = await sessions();
    const watching = spawn(process.execPath, [SCRIPT, '--url', shop.url, '--watch', '1'], {
      env: asAdmin(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [shown] = (await once(watching.stdout, 'data')) as [Buffer];
      expect(shown.toString()).toContain('stock-of-orders');
      expect(await sessions()).toHaveLength(before.length + 1);
      watching.kill('SIGINT');
      expect(await once(watching, 'exit')).toEqual([130, null]);
      expect(await sessions()).toEqual(before);
    } finally {
      watching.kill('SIGKILL');
    }
  });

  it('is made by itself, tells of what is off in a metric and one line, and of its end too', async () => {
    const findings = () => metric(/^jangteo_audit_findings\{check="stock"\} (\d+)/m);
    const untilAudited = (isFound: boolean) =>
      eventually(async () => {
        const count = await findings();
        return count !== undefined && Number(count) > 0 === isFound;
      }, NEXT_AUDIT);
    await untilAudited(false);
    await whileForged(ONE_TOO_MANY, () => untilAudited(true));
    await untilAudited(false);
    const lines = (await shop.logs('gateway'))
      .split('\n')
      .filter((line) => line.includes('books are not sound'));
    expect(lines.some((line) => /"level":"error".*stock: \d+ \(/.test(line))).toBe(true);
    const at = Number(await metric(/^jangteo_audit_last_success_timestamp_seconds (\S+)/m));
    expect(Math.abs(Date.now() / 1_000 - at)).toBeLessThan(30);
    expect(Number(await metric(/^jangteo_audit_interval_seconds (\S+)/m))).toBeGreaterThan(0);
  });

  it('finds nothing while orders are placed and cancelled', async () => {
    const load = await startLoad(client, customers);
    const [changing] = customers as [Customer];
    const { productId } = await client.createProduct({ price: 1, stock: 10_000 });
    const items = [{ productId, quantity: 1 }];
    let isOver = false;
    const cancel = async (): Promise<void> => {
      while (!isOver) {
        const { orderId } = expected(201, await client.order(changing, { items }));
        expected(200, await client.post(`/orders/${orderId}/cancel`, undefined, { token: changing.token }));
      }
    };
    const reports: Report[] = [];
    const look = async (): Promise<void> => {
      while (!isOver) reports.push(await audit());
    };
    const loaded = load.goesOn(120).finally(() => (isOver = true));
    await Promise.all([loaded, cancel(), look()]);
    await load.expectAllEnd();
    expect(reports.filter(({ isSound }) => !isSound)).toEqual([]);
    expect(reports.length).toBeGreaterThan(3);
  });

  it('can be asked for by npm run audit, whose exit code says what was found', async () => {
    expect(await runProgram(shop.url)).toEqual({
      code: 0,
      text: expect.stringContaining('The books are sound'),
    });
    expect(await whileForged(ONE_TOO_MANY, () => runProgram(shop.url))).toEqual({
      code: 1,
      text: expect.stringMatching(/stock +\d+ WRONG/),
    });
    expect(await runProgram('http://127.0.0.1:1')).toEqual({
      code: 2,
      text: expect.stringContaining('No shop answers'),
    });
  });

  it('is for admins', async () => {
    const [customer] = customers as [Customer];
    expectProblem(await client.get('/admin/audit', { token: customer.token }), 'FORBIDDEN');
    expectProblem(await client.get('/admin/audit'), 'UNAUTHENTICATED');
  });

  it('says which service could not be asked, and what is therefore not known', async () => {
    await shop.kill('ranking');
    const { isSound, checks, unanswered, tookMs } = await audit();
    expect(isSound).toBe(false);
    expect(unanswered).toEqual([{ service: 'ranking', reason: expect.stringMatching(/^did not|^cannot/) }]);
    const unknown = checks.filter((check) => check.unanswered.length > 0);
    expect(unknown.map(({ name }) => name)).toEqual(['sales', 'orders-in-ranking', 'units-in-ranking']);
    expect(unknown.every((check) => !check.isSound && check.findings === 0)).toBe(true);
    expect(tookMs).toBeLessThan(here(6_000));
    await shop.start('ranking');
    await eventually(async () => (await audit()).isSound);
  });

  describe('of orders of which sums are kept', () => {
    beforeAll(async () => {
      // A shop of its own: what is done to the last order's rows concerns no other row.
      await shop.stop();
      await open();
      for (const [service, , tables] of OF_ORDERS) {
        const statements = tables.map(
          (table) => `ALTER TABLE ${table} DISABLE TRIGGER USER;
            UPDATE ${table} SET order_id = ${agedSql('order_id')} WHERE order_id IS NOT NULL;
            ALTER TABLE ${table} ENABLE TRIGGER USER`,
        );
        await change(service, statements.join(';'));
        if (service !== 'catalog') continue;
        const placed = `left(key, 36)::uuid`;
        await change(
          service,
          `UPDATE outcomes SET key = ${agedSql(placed)} || substr(key, 37) WHERE key LIKE '%/reserve-stock'`,
        );
      }
      for (const [word, id] of Object.entries(orders)) orders[word] = aged(id);
      for (const [service, source] of OF_ORDERS) {
        const isSealed = async (): Promise<boolean> => {
          const [row] = await shop.sql<{ isSealed: boolean }>(
            service,
            `SELECT NOT EXISTS (SELECT FROM ${source} WHERE order_id > sealed_to
               AND order_id <= '${orders.bought!}') AS "isSealed" FROM book_marks WHERE source = '${source}'`,
          );
          return row?.isSealed ?? false;
        };
        await eventually(isSealed, { deadlineMs: 120_000, everyMs: 500 });
      }
    }, 2 * START_DEADLINE_MS);

    it('finds nothing wrong with a shop that nobody has harmed', async () => {
      const { isSound, checks } = await audit();
      expect(checks.filter((check) => !check.isSound)).toEqual([]);
      expect(isSound).toBe(true);
    });

    it.each(FORGERIES)('finds $name', async (forgery) => {
      const report = await whileNoted(forgery.service, () => whileForged(forgery, audit));
      // Prices of orders that old are looked at when it is their turn.
      const red = redOf(report, forgery.red).filter((name) => name !== 'prices-of-orders');
      expect(red).toEqual(forgery.red.filter((name) => name !== 'prices-of-orders'));
      expect(redOf(await audit())).toEqual([]);
    });

    it('proves the sums from nothing, and says of what was changed in silence when it was', async () => {
      const silently = (change: string): string =>
        `ALTER TABLE reservations DISABLE TRIGGER USER; ${change}; ALTER TABLE reservations ENABLE TRIGGER USER`;
      const forgery = {
        service: 'catalog',
        forge: silently(`UPDATE reservations SET quantity = quantity + 1 WHERE order_id = '<bought>'`),
        mend: silently(`UPDATE reservations SET quantity = quantity - 1 WHERE order_id = '<bought>'`),
      } as const;
      const sound = await runProgram(shop.url, ['--from-nothing']);
      expect(sound).toEqual({
        code: 0,
        text: expect.stringMatching(/catalog: \d+ rows counted again, all as kept/),
      });
      const forged = await whileForged(forgery, () => runProgram(shop.url, ['--from-nothing']));
      expect(forged).toEqual({
        code: 1,
        text: expect.stringContaining('catalog: the kept sum stock (reservations) DIFFERS, orders from'),
      });
    });
  });
});
