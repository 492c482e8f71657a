import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import type { OrderTimeline } from '@jangteo/client';
import { sampled, startShop, type Shop } from '@jangteo/testkit';
import type { Page } from 'playwright-core';
import type { Example } from '../src/timeline/examples/index.js';
import type { Look } from './browser.js';
import { stageOf } from './stage.js';
import { TimelineOrders } from './timeline-orders.js';

/** What was not answered is sent again soon. */
const services = { order: { SAGA_RETRY_MS: '500' } };

let shop: Shop;
let orders: TimelineOrders;
const ids = new Map<Example, string>();
const { open, openHeld } = stageOf(
  () => startShop({ services }),
  async (opened) => {
    shop = opened;
    orders = new TimelineOrders(shop);
    const { orderId } = await orders.success();
    const { refused, timedOut } = await orders.undone();
    ids.set('success', orderId).set('refused', refused).set('timed-out', timedOut);
    ids.set('cancelled', await orders.cancelled());
    if (process.env['RECORD_TIMELINES'] === 'true') await record();
  },
);

/** Writes the timelines that tests without a shop read. */
async function record(): Promise<void> {
  const write = async (name: Example, orderId: string): Promise<void> => {
    const file = new URL(`../src/timeline/examples/${name}.json`, import.meta.url);
    await writeFile(file, `${JSON.stringify(await orders.timeline(orderId), null, 2)}\n`);
  };
  for (const [name, orderId] of ids) await write(name, orderId);
  await write('in-flight', (await orders.inFlight()).orderId);
  await shop.start('coupon');
}

const pathOf = (name: Example, query = ''): string => `/orders/${ids.get(name)}${query}`;

/** The sentences of the list that is shown. */
async function listed(page: Page): Promise<string[]> {
  await page.getByRole('table').waitFor();
  return await page.locator('tbody tr td:last-child').allInnerTexts();
}

/** Opens what a page offers to export, as who has no mouse does. */
async function openExport(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Export', exact: true });
  await button.waitFor();
  const isThere = () => button.evaluate((one) => one === document.activeElement);
  for (let presses = 0; !(await isThere()); presses += 1) {
    if (presses > 100) throw new Error('Tab does not lead to the export');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.locator('[role=menuitem]:focus', { hasText: 'JSON file' }).waitFor();
}

const sentences = (timeline: OrderTimeline, language: 'en' | 'ko'): string => timeline.why[language];

describe('the timeline of an order', () => {
  it.each<Example>(['success', 'refused', 'timed-out', 'cancelled'])(
    'says in both languages and themes what became of one: %s',
    async (name) => {
      const timeline = await orders.timeline(ids.get(name)!);
      for (const [language, theme] of [
        ['en', 'light'],
        ['ko', 'dark'],
      ] as const) {
        const { page, window, expectSound } = await open(pathOf(name), { language, theme });
        await page.getByText(sentences(timeline, language), { exact: true }).waitFor();
        await page.locator('svg[role=img]').waitFor();
        await expectSound();
        await page.keyboard.press('t');
        await page.getByRole('table').waitFor();
        await expectSound();
        await window.close();
      }
    },
  );

  it('lists all that the lanes show, as the rows have it', async () => {
    const { page } = await open(pathOf('success', '?view=list'));
    await page.getByText('머그컵').first().waitFor();
    const told = await listed(page);
    expect(told[0]).toBe('placed the order');
    expect(told[1]).toBe('reserved 2 × 머그컵');
    expect(told[3]).toBe('took ₩1,700 (balance ₩10,000 → ₩8,300)');
    await page.getByRole('button', { name: 'Lanes' }).click();
    await page.locator('svg[role=img]').waitFor();
    expect(await page.locator('svg[role=img] [data-mark]').count()).toBe(told.length);
  });

  it('tells of a refusal what was undone, and of what nobody answered that nothing was taken twice', async () => {
    const { page } = await open(pathOf('refused', '?view=list'));
    await page.getByText('머그컵').first().waitFor();
    const told = await listed(page);
    expect(told).toContain('refused to take ₩6,000: balance too low');
    expect(told).toContain('gave back 6 × 머그컵');
    expect(told.at(-1)).toBe('the order has failed');
  });

  it('shows what was asked, answered and written, by whose clock, and what is not recorded', async () => {
    const { page, expectSound } = await open(pathOf('success', '?mark=step-2'));
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByText('₩10,000 → ₩8,300', { exact: true }).waitFor();
    await details.getByText('wallet.ledger').waitFor();
    await details.getByText('wallet’s clock', { exact: false }).first().waitFor();
    await details.getByText(`${ids.get('success')}/debit`).waitFor();
    await page.getByText('Not recorded: how often answered steps were sent', { exact: false }).waitFor();
    await expectSound();
  });

  const looks: readonly Look[] = [
    { language: 'ko', width: 390 },
    { language: 'en', width: 390, theme: 'dark' },
    { language: 'ko', width: 1024 },
  ];
  it.each(sampled('looks of timelines', looks, 1))('is whole in %j, as list and as lanes', async (look) => {
    for (const view of ['list', 'lanes']) {
      const { page, window, expectSound } = await open(pathOf('cancelled', `?view=${view}`), look);
      await page.locator(view === 'list' ? 'table' : 'svg[role=img]').waitFor();
      await expectSound();
      await window.close();
    }
  });

  it('is gone through by keys alone, from the list of orders to an export', async () => {
    const { page } = await open('/orders');
    await page.getByRole('row').filter({ hasText: '머그컵' }).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Open the timeline' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('svg[role=img]').waitFor();
    await page.keyboard.press('t');
    await page.getByRole('table').waitFor();
    const chosen = () => page.locator('tr[data-chosen=true] td').first().innerText();
    const before = Number(await chosen());
    const key = before === 1 ? ']' : '[';
    await page.keyboard.press(key);
    expect(Number(await chosen())).toBe(before === 1 ? 2 : before - 1);
    await openExport(page);
    await page.keyboard.press('ArrowDown');
    await page.locator('[role=menuitem]:focus', { hasText: 'Copy as Mermaid' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Copied', { exact: true }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^sequenceDiagram\n {4}participant client as Client\n/);
  });

  it('is found by keys alone from the start page, where a link has logged somebody in, and saved', async () => {
    const orderId = ids.get('refused')!;
    const { page, expectSound } = await open('/');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.locator('[role=combobox]:focus').waitFor();
    await page.keyboard.type(orderId);
    await page.getByRole('option', { name: 'Order' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${shop.url}/console/orders/${orderId}`);
    await page.getByText(sentences(await orders.timeline(orderId), 'en'), { exact: true }).waitFor();
    await openExport(page);
    await expectSound();
    const saved = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    const content = await readFile(await (await saved).path(), 'utf8');
    expect(JSON.parse(content)).toMatchObject({ version: 1, orderId, orderStatus: 'FAILED' });
  });

  it('exports a file that the same page opens again, and says why it cannot open another', async () => {
    const { page, expectSound } = await open(pathOf('refused', '?view=list'));
    await page.getByText('balance too low').first().waitFor();
    const told = await listed(page);
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'JSON file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`order-${ids.get('refused')}.timeline.json`);
    const content = await readFile(await download.path(), 'utf8');
    expect(JSON.parse(content)).toMatchObject({
      version: 1,
      orderId: ids.get('refused'),
      orderStatus: 'FAILED',
    });
    await page.goto(`${shop.url}/console${pathOf('success', '?view=list')}`);
    const choose = (text: string) =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await page.getByText('took', { exact: false }).first().waitFor();
    await choose(content);
    await page.getByText('Shown from the file x.json, not from the shop.').waitFor();
    // A file has no names of products.
    expect((await listed(page)).length).toBe(told.length);
    await page.getByText('refused to take ₩6,000: balance too low').first().waitFor();
    await expectSound();
    await choose(content.replace('"version": 1', '"version": 2'));
    await page.getByRole('alert').getByText('timeline of version 2', { exact: false }).waitFor();
    await choose('{}');
    await page.getByRole('alert').getByText('at version', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Back to the shop' }).click();
    await page.getByText('머그컵').first().waitFor();
  });

  it('goes on by itself while an order is in flight', async () => {
    const { orderId } = await orders.inFlight();
    const { page, expectSound } = await open(`/orders/${orderId}?view=list`);
    try {
      await page.getByText('is asked to use', { exact: false }).first().waitFor();
      await page.getByText('is still to take').waitFor();
      await page.keyboard.press('t');
      await page
        .getByText(/gives up in/)
        .first()
        .waitFor();
      await page.getByText('still to come').first().waitFor();
      await expectSound();
    } finally {
      await shop.start('coupon');
    }
    await page.getByRole('paragraph').filter({ hasText: 'The order succeeded' }).waitFor();
  });

  it('nudges what was sent in vain, once somebody has read what that does', async () => {
    const { orderId } = await orders.inFlight();
    try {
      const { page, expectSound } = await open(`/orders/${orderId}`);
      await page.getByRole('button', { name: 'Nudge' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('takes effect once', { exact: false }).waitFor();
      await expectSound();
      await dialog.getByRole('button', { name: 'Nudge' }).click();
      await page.getByRole('status').getByText('Nudged.', { exact: false }).waitFor();
      await orders.until(orderId, ({ nudges = [] }) => nudges.length === 1);
    } finally {
      await shop.start('coupon');
    }
    await orders.until(orderId, ({ orderStatus }) => orderStatus === 'SUCCESS');
  });

  it('cancels an order once somebody has read what goes back', async () => {
    const { orderId } = await orders.success();
    const { page, expectSound } = await open(`/orders/${orderId}`);
    await page.getByRole('button', { name: 'Cancel order' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Stock: 2 × 머그컵').waitFor();
    await dialog.getByText('Balance: ₩1,700').waitFor();
    await expectSound();
    expect((await orders.timeline(orderId)).orderStatus).toBe('SUCCESS');
    await dialog.getByRole('button', { name: 'Cancel order' }).click();
    await page.getByRole('paragraph').filter({ hasText: 'all money paid were given back.' }).waitFor();
    expect(await page.getByRole('button', { name: 'Cancel order' }).count()).toBe(0);
  });

  it('holds the place of what it waits for, and says what is not there', async () => {
    const { page, expectSound, letGo } = await openHeld(
      pathOf('success'),
      `/orders/${ids.get('success')}/timeline`,
    );
    await expectSound();
    letGo();
    await page.locator('svg[role=img]').waitFor();
    await page.goto(`${shop.url}/console/orders/01920000-0000-7000-8000-0000000000a1`);
    await page.getByRole('alert').getByText('ORDER_NOT_FOUND').waitFor();
    await expectSound();
  });

  it('names a service that is away, and tells what the others know', async () => {
    await shop.kill('wallet');
    try {
      const { page, expectSound } = await open(pathOf('success', '?mark=step-2'));
      await page.getByText('Wallet does not answer now', { exact: false }).waitFor();
      await page.getByText('Not known: does not answer now').waitFor();
      await expectSound();
    } finally {
      await shop.start('wallet');
    }
  });
});
