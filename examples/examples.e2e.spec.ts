import { execFile, spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Jangteo } from '@jangteo/client';
import { provideBrowser } from '@jangteo/infra';
import {
  eventually,
  freePort,
  shareShop,
  START_DEADLINE_MS,
  type Customer,
  type Shop,
} from '@jangteo/testkit';
import { chromium } from 'playwright-core';

const PATIENCE = { deadlineMs: 120_000, everyMs: 50 };
const PRICE = 1_000;
const here = (name: string): string => join(import.meta.dirname, name);
const node = ['--disable-warning=ExperimentalWarning'];

const browser = process.env.BROWSER ?? (await provideBrowser()) ?? '';
// npm test says NOT TESTED of what is left out.
const itInBrowser = browser === '' ? it.skip : it;
const itInPython = spawnSync('python3', ['--version']).status === 0 ? it : it.skip;

/** Those that run, so that none outlives a test that fails. */
const running = new Set<Program>();

/** An example as it runs. */
class Program {
  readonly lines: string[] = [];
  readonly #child: ChildProcessByStdio<null, Readable, null>;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.add(this);
    createInterface(this.#child.stdout).on('line', (line) => void this.lines.push(line));
  }

  /** Waits for a line that has this in it. */
  async until(text: string): Promise<string> {
    return await eventually(() => this.lines.find((line) => line.includes(text)) ?? false, PATIENCE);
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    running.delete(this);
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    if (this.#child.kill(signal)) await ended;
  }
}

let shop: Shop;
let admin: Jangteo;
let customer: Customer;
let productId: string;
let dir: string;
let pagePort: number;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'examples-'));
  pagePort = await freePort();
  const quick = { WEBHOOK_INTERVAL_MS: '100', WEBHOOK_RETRY_MS: '50' };
  shop = await shareShop({ gateway: { CORS_ORIGINS: `http://localhost:${pagePort}`, ...quick } });
  admin = new Jangteo({ url: shop.url });
  await admin.auth.login(shop.client.adminCredentials);
  customer = await shop.client.register(1_000_000);
  ({ productId } = await shop.client.createProduct({ name: `Cup ${Date.now()}`, price: PRICE }));
}, START_DEADLINE_MS);

afterEach(async () => {
  for (const program of running) await program.end('SIGKILL');
});

afterAll(async () => {
  await shop?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function buy(): Promise<string> {
  const { body } = await shop.client.order(customer, { items: [{ productId, quantity: 1 }] });
  expect(body.orderStatus).toBe('SUCCESS');
  return body.orderId;
}

async function cancel(orderId: string): Promise<void> {
  const { status } = await shop.client.post(`/orders/${orderId}/cancel`, undefined, {
    token: customer.token,
  });
  expect(status).toBe(200);
}

/** A message as Standard Webhooks sign it. */
function signed(secret: string, id: string, body: string): RequestInit {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  return { method: 'POST', body, headers };
}

/**
 * Through a death and repeats, each record once; nothing that is forged, and nothing with a gap before it. Of a shop that
 * was restored no number is taken for another record's, and what it tells once more is known by its name.
 */
async function expectReceiver(command: string, args: readonly string[]): Promise<void> {
  const [port, database] = [await freePort(), join(dir, `${command.split('/').at(-1)}.sqlite`)];
  const url = `http://127.0.0.1:${port}/`;
  const { webhookId, secret, next } = await admin.admin.webhooks.create({ name: 'Example', url });
  const start = (after = 0) =>
    new Program(command, args, {
      WEBHOOK_SECRET: secret,
      PORT: String(port),
      DATABASE: database,
      AFTER: String(after),
    });
  const first = start();
  await first.until('listening');
  const kept = await buy();
  await first.until(`order.completed ${kept} ${PRICE}`);
  await first.end('SIGKILL');
  const meanwhile = await buy();
  await cancel(kept);
  const second = start();
  await second.until(`order.completed ${meanwhile}`);
  const last = await second.until(`order.cancelled ${kept}`);
  await admin.admin.webhooks.resend(webhookId, next);
  const newest = Number(last.split(' ')[1]);
  await second.until(`repeated ${newest}`);
  expect((await admin.admin.webhooks.test(webhookId)).isDelivered).toBe(true);

  const rows = new DatabaseSync(database)
    .prepare('SELECT sequence, type, order_id FROM sales ORDER BY 1')
    .all();
  // Before them are the orders of tests that had the shop before, where these got their numbers late.
  expect(rows.slice(-3).map(({ type, order_id: orderId }) => [type, orderId])).toEqual([
    ['order.completed', kept],
    ['order.completed', meanwhile],
    ['order.cancelled', kept],
  ]);
  expect(rows.map(({ sequence }) => sequence)).toEqual(
    rows.map((_, index) => newest - rows.length + 1 + index),
  );

  await admin.admin.webhooks.delete(webhookId);

  const bodyOf = (sequence: number, orderId: string): string => {
    const data = { sequence, type: 'order.completed', orderId, totalPrice: 1 };
    return JSON.stringify({ type: data.type, timestamp: '', data });
  };
  const told = async (sequence: number, orderId: string) => {
    const message = signed(secret, `order-completed-${orderId}`, bodyOf(sequence, orderId));
    const response = await fetch(url, message);
    return [response.status, await response.text()];
  };
  const lifted = newest + 10;
  const missing = `missing ${newest + 1}: npm run ops -- webhooks resend <webhook id> --from ${newest + 1}, or where `;
  const goOn = `the shop was restored and has none start me with AFTER=${lifted - 1}`;
  expect(await told(lifted, kept)).toEqual([409, missing + goOn]);
  const taken = `taken ${newest} by order-cancelled-${kept}: the shop was restored, have its numbers go on after ${newest} `;
  expect(await told(newest, 'another')).toEqual([409, expect.stringContaining(taken)]);
  const body = bodyOf(newest + 1, kept);
  const forged = await fetch(url, { ...signed(secret, 'a', body), body: body.replace('1}', '2}') });
  expect(forged.status).toBe(401);
  expect((await fetch(url, { method: 'POST', body })).status).toBe(401);
  await second.end('SIGTERM');

  const third = start(lifted - 1);
  await third.until('listening');
  expect([await told(lifted, kept), await told(lifted + 1, 'another')]).toEqual([
    [204, ''],
    [204, ''],
  ]);
  await third.until(`repeated ${lifted} order.completed ${kept}`);
  await third.until(`kept ${lifted + 1} order.completed another`);
  await third.end('SIGTERM');
}

describe('the examples', () => {
  it('hear of orders by webhook in TypeScript', async () => {
    await expectReceiver(process.execPath, [...node, here('webhook-receiver.ts')]);
  });

  itInPython('hear of orders by webhook in Python', async () => {
    await expectReceiver('python3', [here('webhook_receiver.py')]);
  });

  it('read the numbered records, and go on where they were', async () => {
    const file = join(dir, 'events.cursor');
    const { key } = await admin.admin.createApiKey({ name: 'Example', role: 'viewer' });
    const env = { JANGTEO_URL: shop.url, JANGTEO_API_KEY: key, CURSOR_FILE: file };
    const start = () => new Program(process.execPath, [...node, here('follow-events.ts')], env);
    const first = start();
    const line = await first.until(`order.completed ${await buy()}`);
    const number = line.split(' ')[0] ?? '';
    await eventually(async () => (await readFile(file, 'utf8')).split(' ')[0] === number, PATIENCE);
    await first.end('SIGKILL');
    const orderId = await buy();
    const second = start();
    await second.until(`order.completed ${orderId}`);
    await second.end('SIGTERM');
    const numbers = [...first.lines, ...second.lines].map((one) => Number(one.split(' ')[0]));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));

    const newest = numbers.at(-1) ?? 0;
    // Nonsense; and what the file has in it of a shop that was restored since.
    for (const [text, complaint] of [
      ['nonsense', /has no number in it/],
      [`${newest} order.completed another`, `${newest} is not order.completed another any more`],
      [`${newest + 1} order.completed another`, 'have its numbers go on after'],
    ] as const) {
      await writeFile(file, text);
      const misled = promisify(execFile)(process.execPath, [here('follow-events.ts')], {
        env: { ...process.env, ...env },
      });
      await expect(misled).rejects.toThrow(complaint);
    }
  });

  it('take the whole way of an order by curl', async () => {
    const { email, password } = shop.client.adminCredentials;
    const env = { ...process.env, SHOP: shop.url, ADMIN_EMAIL: email, ADMIN_PASSWORD: password };
    const { stdout } = await promisify(execFile)('bash', [here('order.sh')], { env });
    expect(stdout.match(/"currentBalance":50000/g)?.length).toBe(4);
    expect(stdout).toMatch(/event: end\s+.*"SUCCESS"/);
    expect(stdout).toContain('The order succeeded');
    expect(stdout).toContain('"orderStatus":"CANCELLED"');
  });

  async function expectSale(): Promise<void> {
    const env = { PORT: String(pagePort), JANGTEO_URL: shop.url };
    const server = new Program(process.execPath, [here('page/serve.mjs')], env);
    const origin = await server.until('http://localhost');
    const chrome = await chromium.launch({
      executablePath: browser,
      args: ['--no-sandbox', '--disable-gpu'],
    });
    try {
      const page = await chrome.newPage();
      page.setDefaultTimeout(PATIENCE.deadlineMs);
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      // No link takes anybody to another shop.
      await page.goto(`${origin}/?shop=http://127.0.0.1:1`);
      await page.getByLabel('Name').fill('Mina');
      await page.getByLabel('E-mail').fill(`mina-${Date.now()}@example.com`);
      await page.getByLabel('Password').fill('correct horse');
      await page.getByRole('button', { name: 'Register' }).click();
      await page.getByRole('button', { name: 'Charge' }).click();
      await page.getByText('Balance: 50,000').waitFor();

      const { name } = await admin.products.read(productId);
      const line = page.getByRole('listitem').filter({ hasText: name });
      const more = page.getByRole('button', { name: 'More' });
      await eventually(async () => {
        if ((await line.count()) > 0) return true;
        if ((await more.isVisible()) && (await more.isEnabled())) await more.click();
        return false;
      }, PATIENCE);
      await line.getByRole('button').click();
      await page.getByText('Balance: 49,000').waitFor();
      const steps = page.locator('#steps li');
      expect(await steps.allTextContents()).toEqual(['placed', 'ReserveStock', 'DebitWallet', 'SUCCESS']);
      expect(complaints).toEqual([]);
    } finally {
      await chrome.close();
      await server.end('SIGTERM');
    }
  }

  itInBrowser('sell by a page of another origin', expectSale);
});
