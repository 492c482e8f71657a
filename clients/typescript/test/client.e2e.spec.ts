import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot, provideBrowser } from '@jangteo/infra';
import { shareShop, START_DEADLINE_MS, type Shop } from '@jangteo/testkit';
import { Jangteo, JangteoError, type List } from '../src/index.js';
import { tokensInMemory } from '../src/tokens.js';
import { TourPage } from './tour-page.js';

const README = join(projectRoot(), 'clients', 'typescript', 'README.md');
const TOUR_LINES_MAX = 60;

const browser = process.env.BROWSER ?? (await provideBrowser()) ?? '';
// npm test says NOT TESTED of it.
const itInBrowser = browser === '' ? it.skip : it;

/** The program of the README, for the shop at this address. */
async function tourOf(url: string): Promise<string> {
  const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(await readFile(README, 'utf8')) ?? [];
  expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(TOUR_LINES_MAX);
  expect(code).toContain('http://localhost:3000');
  return code.replace('http://localhost:3000', url);
}

describe('R33: the client', () => {
  let shop: Shop;
  let page: TourPage;
  let admin: Jangteo;

  beforeAll(async () => {
    page = await TourPage.open();
    shop = await shareShop({ gateway: { CORS_ORIGINS: page.origin } });
    admin = new Jangteo({ url: shop.url });
    await admin.auth.login(shop.client.adminCredentials);
    await admin.products.create({ name: 'Tea cup', price: 12_000, stock: 40 });
  }, START_DEADLINE_MS);

  afterAll(async () => {
    await page?.close();
    await shop?.stop();
  });

  /** What both tours print, but for the last line, in which an object looks as it does there. */
  function expectTour(lines: readonly string[]): void {
    expect(lines.slice(0, -1)).toEqual([
      'SUCCESS true',
      'ReserveStock DONE',
      'DebitWallet DONE',
      expect.stringMatching(/\w.*\.$/),
      'PRICE_CHANGED 409',
      '100000',
    ]);
  }

  it('goes on its tour in Node', async () => {
    // Below the project, whose packages it finds.
    await mkdir(join(projectRoot(), '.local'), { recursive: true });
    const dir = await mkdtemp(join(projectRoot(), '.local', 'tour-'));
    try {
      await writeFile(join(dir, 'tour.mjs'), await tourOf(shop.url));
      const { stdout } = await promisify(execFile)(process.execPath, [join(dir, 'tour.mjs')]);
      const lines = stdout.trimEnd().split('\n');
      expectTour(lines);
      expect(lines.at(-1)).toBe("{ event_type: 'ping', data: { success: true } }");
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  async function expectTourInBrowser(): Promise<void> {
    const lines = await page.run(browser, await tourOf(shop.url));
    expectTour(lines);
    expect(lines.at(-1)).toBe('{"event_type":"ping","data":{"success":true}}');
  }

  itInBrowser('goes on its tour in a browser, from another origin', expectTourInBrowser);

  it('gets the first answer again under a key, and the error of another body', async () => {
    const idempotencyKey = `cup-${Date.now()}`;
    const draft = { name: 'Tea pot', price: 30_000, stock: 1 };
    const first = await admin.products.create(draft, { idempotencyKey });
    expect(await admin.products.create(draft, { idempotencyKey })).toEqual(first);
    const other = admin.products.create({ ...draft, price: 1 }, { idempotencyKey });
    await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', status: 422 });
  });

  it('goes on in its session when the access token is good no longer', async () => {
    const before = new Jangteo({ url: shop.url });
    const granted = await before.auth.login(shop.client.adminCredentials);
    const tokens = tokensInMemory({ accessToken: 'worn-out', refreshToken: granted.refreshToken });
    const after = new Jangteo({ url: shop.url, tokens });
    const [me, again] = await Promise.all([after.auth.me(), after.auth.me()]);
    expect(me.role).toBe('admin');
    expect(again).toEqual(me);
    expect((await tokens.read())?.refreshToken).not.toBe(granted.refreshToken);
    await after.auth.logout();
  });

  it('changes what nobody else has changed meanwhile', async () => {
    const { productId, version } = await admin.products.create({ name: 'Bowl', price: 8_000, stock: 3 });
    const changed = await admin.products.change(productId, { price: 9_000 }, { ifMatch: version });
    expect(changed.price).toBe(9_000);
    const late = admin.products.change(productId, { price: 7_000 }, { ifMatch: version });
    await expect(late).rejects.toMatchObject({ code: 'VERSION_CHANGED', status: 412 });
  });

  it('reads every list of the shop, page by page', async () => {
    for (const name of ['Jug', 'Plate', 'Spoon']) {
      const { productId } = await admin.products.create({ name, price: 1_000, stock: 9 });
      const discount = { discountType: 'FIXED', discountValue: 300, totalQuantity: 2 } as const;
      const { couponId } = await admin.coupons.create({ name, ...discount });
      await admin.coupons.issue(couponId);
      await admin.balance.charge({ amount: 1_000 });
      await admin.orders.place({ items: [{ productId, quantity: 1 }] }, { wait: 'none' });
    }
    const limit = 2;
    const lists: Record<string, List<unknown>> = {
      products: admin.products.list({ limit }),
      allProducts: admin.admin.products({ limit }),
      coupons: admin.coupons.list({ limit }),
      allCoupons: admin.admin.coupons({ limit }),
      orders: admin.admin.orders({ limit }),
      log: admin.admin.log({ limit }),
      ownOrders: admin.orders.list({ limit }),
      history: admin.balance.history({ limit }),
      charges: admin.balance.charges({ limit }),
      ownCoupons: admin.coupons.mine({ limit }),
    };
    for (const [name, list] of Object.entries(lists)) {
      const items = await list.first(3);
      expect([name, new Set(items.map((item) => JSON.stringify(item))).size]).toEqual([name, 3]);
    }
    const short = [
      admin.admin.users(),
      admin.admin.deadLetters(),
      admin.admin.sagas(),
      admin.admin.apiKeys(),
    ];
    for (const list of [...short, admin.auth.sessions()]) {
      const items = await list.first(5);
      expect(new Set(items.map((item) => JSON.stringify(item))).size).toBe(items.length);
    }
  });

  it('reads the numbered records to the newest', async () => {
    const sequences: number[] = [];
    for await (const { sequence } of admin.events.follow()) sequences.push(sequence);
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
  });

  it('has the fields that are wrong, and the name of the request in the logs', async () => {
    const error: unknown = await admin.products
      .create({ name: '', price: -1 })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JangteoError);
    const { code, fields, requestId } = error as JangteoError;
    expect(code).toBe('VALIDATION_FAILED');
    expect(fields.map(({ path }) => path)).toEqual(expect.arrayContaining(['name', 'price']));
    expect(requestId).toMatch(/./);
  });

  it('watches an order from its first step to its end, and the whole shop', async () => {
    const [cup] = await admin.products.list({ inStock: true }).first(1);
    const items = [{ productId: cup?.productId ?? '', optionId: cup?.options[0]?.optionId, quantity: 1 }];
    await admin.balance.charge({ amount: 1_000_000 });
    const { orderId } = await admin.orders.place({ items }, { wait: 'none' });
    const seen: string[] = [];
    for await (const event of admin.orders.events(orderId)) {
      seen.push(event.type === 'end' ? event.data.orderStatus : (event.data.step ?? 'placed'));
    }
    expect(seen).toEqual(['placed', 'ReserveStock', 'DebitWallet', 'SUCCESS']);

    for await (const { type, data } of admin.admin.live()) {
      expect(type).toBe('shop');
      expect(data.services.length).toBeGreaterThan(0);
      break;
    }
  });

  it('asks for what it has no method for', async () => {
    expect(await admin.call('readLiveness', {})).toBeDefined();
    await expect(admin.request('GET', '/no-such-path')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
