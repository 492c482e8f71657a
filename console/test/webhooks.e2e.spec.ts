import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhooks, type CreatedWebhook, type Webhook } from '@jangteo/client';
import {
  eventually,
  expected,
  shareShop,
  WebhookReceiver,
  type Customer,
  type ReceivedWebhook,
  type Shop,
} from '@jangteo/testkit';
import type { Page } from 'playwright-core';
import { AWAY, LOOKS, stageOf, viewerOf } from './stage.js';

/** So that nothing has to be waited for long. */
const gateway = { WEBHOOK_INTERVAL_MS: '100', WEBHOOK_RETRY_MS: '50', WEBHOOKS_MAX: '100' };

let shop: Shop;
let customer: Customer;
let productId: string;
let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await WebhookReceiver.open();
});
// Before the shop goes to another file: nobody listens at these addresses any more.
afterAll(async () => {
  receiver?.close();
  if (shop === undefined) return;
  const token = await shop.client.admin();
  const all = await shop.client.get<Webhook[]>('/admin/webhooks?limit=100', { token });
  for (const { webhookId } of expected(200, all))
    expected(204, await shop.client.send('DELETE', `/admin/webhooks/${webhookId}`, undefined, { token }));
});
const { open, openAnswered, openHeld } = stageOf(
  () => shareShop({ gateway }),
  async (opened) => {
    shop = opened;
    customer = await shop.client.register(1_000_000);
    ({ productId } = await shop.client.createProduct({ price: 10 }));
  },
);
/** A path of the receiver's that nothing was sent to. */
const somewhere = (): string => `/${randomUUIDv7()}`;

async function made(path: string, name = 'Warehouse'): Promise<CreatedWebhook> {
  const token = await shop.client.admin();
  const body = { name, url: receiver.url(path) };
  return expected(201, await shop.client.post<CreatedWebhook>('/admin/webhooks', body, { token }));
}

const order = async (): Promise<string> =>
  expected(201, await shop.client.order(customer, { items: [{ productId, quantity: 1 }] })).orderId;

/** What the receiver was told of an order, once it was told so often. */
const told = (path: string, orderId: string, times = 1): Promise<ReceivedWebhook[]> =>
  eventually(() => {
    const of = receiver.at(path).filter(({ event }) => event.data.orderId === orderId);
    return of.length >= times && of;
  });

async function choose(page: Page, action: string) {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: action }).click();
  const dialog = page.getByRole('dialog', { name: action });
  return { dialog, confirm: () => dialog.getByRole('button', { name: action }).click() };
}

/** The secret that a dialog shows this once. */
async function secretIn(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'Secret' });
  await dialog.getByText('It is not shown again.').waitFor();
  // A stray click beside it takes nothing away.
  await page.mouse.click(2, 2);
  await dialog.getByRole('button', { name: 'Copy: Secret' }).click();
  await dialog.getByRole('button', { name: 'Copied: Secret' }).waitFor();
  const secret = await page.evaluate(() => navigator.clipboard.readText());
  // Whole, for whoever's browser copies nothing.
  await dialog.getByText(secret, { exact: true }).waitFor();
  return secret;
}

describe('the list of webhooks', () => {
  it.each([{}, ...LOOKS])('is whole in %j, and so is one of them', async (look) => {
    const path = somewhere();
    await made(path, `창고 ${path}`);
    await told(path, await order());
    const { page, row, expectSound } = await open('/webhooks', look);
    await row(path).waitFor();
    await expectSound();
    await row(path).getByRole('link').click();
    await page.getByRole('heading', { name: path, level: 1 }).waitFor();
    await row('order.completed').waitFor();
    await expectSound();
  });

  it('says that there are none, and which command makes one', async () => {
    const { page, expectSound } = await openAnswered('/webhooks', '/admin/webhooks', []);
    await page.getByText('No webhook has been made.', { exact: false }).waitFor();
    await page.getByText('npx jangteo webhooks create --help').waitFor();
    await expectSound();
  });

  it('holds the place of what it waits for', async () => {
    const { name } = await made(somewhere(), 'Awaited');
    const { row, letGo, expectSound } = await openHeld('/webhooks', '/admin/webhooks');
    await expectSound();
    letGo();
    await row(name).first().waitFor();
  });

  it('says what is away, and goes on when it is back', async () => {
    const { name } = await made(somewhere(), 'Away for a while');
    const { window, page, row, expectSound } = await open('/webhooks');
    await row(name).waitFor();
    const goOn = await window.answer('/admin/webhooks', 503, AWAY);
    await page.getByRole('alert').getByText('SERVICE_UNAVAILABLE').waitFor();
    await row(name).waitFor();
    await expectSound();
    await goOn();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });
});

describe('a new webhook', () => {
  it('is told of orders, signed with the secret that is shown this once', async () => {
    const path = somewhere();
    const { page, row, expectSound } = await open('/webhooks');
    await page.getByRole('button', { name: 'New webhook' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Warehouse');
    await dialog.getByLabel('Address').fill('mailto:warehouse@example.com');
    await dialog.getByRole('button', { name: 'New webhook' }).click();
    await dialog.getByRole('link', { name: 'Address' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('url');
    await expectSound();
    await dialog.getByLabel('Address').fill(receiver.url(path));
    await dialog.getByRole('button', { name: 'New webhook' }).click();
    const secret = await secretIn(page);
    await expectSound();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Warehouse', level: 1 }).waitFor();
    const orderId = await order();
    const [{ body, headers }] = (await told(path, orderId)) as [ReceivedWebhook];
    expect(await webhooks.verify(body, headers, secret)).toMatchObject({ type: 'order.completed' });
    await row('order.completed').getByText('Confirmed').waitFor();
    expect(await page.locator('main').innerText()).not.toContain(secret);
    await expectSound();
  });

  it('shows how to verify what comes, to be copied', async () => {
    const { webhookId } = await made(somewhere());
    const { page } = await open(`/webhooks/${webhookId}`);
    await page.getByRole('button', { name: 'Copy: Verify a message' }).click();
    await page.getByRole('button', { name: 'Copied: Verify a message' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await page.locator('figure pre').innerText());
    expect(copied).toContain("import { webhooks } from '@jangteo/client';");
    expect(copied).toContain('webhooks.verify(body, request.headers, process.env.WEBHOOK_SECRET)');
  });
});

describe('a webhook', () => {
  it('whose receiver fails says so, and is told everything once it confirms', async () => {
    const path = somewhere();
    const { webhookId } = await made(path);
    receiver.answer((response, one) => void response.writeHead(one.path === path ? 503 : 204).end());
    try {
      const orderId = await order();
      await told(path, orderId);
      const { page, row, expectSound } = await open(`/webhooks/${webhookId}`);
      await row('order.completed')
        .filter({ hasText: 'Not confirmed' })
        .getByText('HTTP 503')
        .first()
        .waitFor();
      await page.getByText(/tries failed/).waitFor();
      await expectSound();
      receiver.answer();
      await page.getByText('told all').waitFor();
      const confirmed = row('order.completed').filter({ has: page.getByText('Confirmed', { exact: true }) });
      const more = page.getByRole('button', { name: /new \[show\]/ });
      await eventually(async () => {
        if (await more.isVisible()) await more.click();
        return (await confirmed.count()) === 1;
      });
    } finally {
      receiver.answer();
    }
  });

  it('is sent a test, and says whether it was confirmed', async () => {
    const path = somewhere();
    const { webhookId } = await made(path);
    const { page, row, expectSound } = await open(`/webhooks/${webhookId}`);
    await (await choose(page, 'Send a test')).confirm();
    await page.getByText('The test was confirmed.').waitFor();
    await row('webhook.test').getByText('Confirmed').waitFor();
    receiver.answer((response) => void response.writeHead(410).end());
    try {
      await (await choose(page, 'Send a test')).confirm();
      await page.getByText('The test was not confirmed.', { exact: false }).waitFor();
      await expectSound();
    } finally {
      receiver.answer();
    }
  });

  it('is sent again everything from a number on, and nothing of a number that there is not', async () => {
    const path = somewhere();
    const { webhookId } = await made(path);
    const orderId = await order();
    const [first] = (await told(path, orderId)) as [ReceivedWebhook];
    const { page, expectSound } = await open(`/webhooks/${webhookId}`);
    await page.getByText('told all').waitFor();
    const { dialog, confirm } = await choose(page, 'Send again from a record');
    await dialog.getByLabel('Number of the first record').fill('999999');
    await confirm();
    await dialog.getByRole('alert').getByText('VALIDATION_FAILED').waitFor();
    await expectSound();
    await dialog.getByLabel('Number of the first record').fill(String(first.event.data.sequence));
    await confirm();
    await page.getByText('It is being sent again.').waitFor();
    const both = await told(path, orderId, 2);
    expect(new Set(both.map(({ messageId }) => messageId)).size).toBe(1);
    await page.getByText('told all').waitFor();
    await expectSound();
  });

  it('gets another secret, and is signed with both for a while', async () => {
    const path = somewhere();
    const { webhookId, secret: earlier } = await made(path);
    const { page, expectSound } = await open(`/webhooks/${webhookId}`);
    const rotating = await choose(page, 'Make another secret');
    await rotating.dialog.getByText('signed with both secrets for a day', { exact: false }).waitFor();
    await rotating.confirm();
    const secret = await secretIn(page);
    expect(secret).not.toBe(earlier);
    await expectSound();
    const [{ body, headers }] = (await told(path, await order())) as [ReceivedWebhook];
    for (const one of [earlier, secret]) await webhooks.verify(body, headers, one);
    await expect(webhooks.verify(body, headers, (await made(somewhere())).secret)).rejects.toThrow(
      'The signature is not of this secret',
    );
  });

  it('is told nothing while it is paused, and all of it when it goes on', async () => {
    const path = somewhere();
    const { webhookId } = await made(path);
    const { page, expectSound } = await open(`/webhooks/${webhookId}`);
    await (await choose(page, 'Pause')).confirm();
    await page.getByText('It is paused.').waitFor();
    await page.locator('dl').getByText('Paused').waitFor();
    await expectSound();
    const witness = somewhere();
    await made(witness);
    const orderId = await order();
    await told(witness, orderId);
    expect(receiver.at(path)).toEqual([]);
    await (await choose(page, 'Go on')).confirm();
    await page.getByText('It goes on.').waitFor();
    await told(path, orderId);
  });

  it('is gone once it is deleted, and is said to be when it is looked at', async () => {
    const { webhookId, name } = await made(somewhere(), 'Of last year');
    const { page, row, window, expectSound } = await open(`/webhooks/${webhookId}`);
    const { dialog, confirm } = await choose(page, 'Delete');
    await dialog.getByText('It cannot be undone.', { exact: false }).waitFor();
    await confirm();
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    await row(name).waitFor({ state: 'detached' });
    await window.goto(`/webhooks/${webhookId}`);
    await page.getByText('WEBHOOK_NOT_FOUND').first().waitFor();
    await expectSound();
  });

  it('is looked at by viewers too, who are told which role may change it', async () => {
    const { webhookId } = await made(somewhere());
    const { page } = await open(`/webhooks/${webhookId}`, {}, await viewerOf(shop));
    await page.getByRole('button', { name: 'Actions' }).click();
    const item = page.getByRole('menuitem', { name: 'Delete' });
    expect(await item.getAttribute('aria-disabled')).toBe('true');
    expect(await item.innerText()).toContain('Needs the role admin');
  });
});
