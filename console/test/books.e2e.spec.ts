import { describe, expect, it } from '@jest/globals';
import type { AuditReport } from '@jangteo/client';
import {
  assertBooks,
  eventually,
  expected,
  startShop,
  withClient,
  type Customer,
  type Shop,
} from '@jangteo/testkit';
import { LOOKS, stageOf } from './stage.js';

// Audited when a test says so, and nothing that this file does is too young for it.
const gateway = { AUDIT_INTERVAL_SECONDS: '0', AUDIT_GRACE_MS: '0', AUDIT_PAUSE_MS: '600' };

let shop: Shop;
let customer: Customer;
let orderId: string;
const { open, openHeld } = stageOf(
  () => startShop({ services: { gateway } }),
  async (opened) => {
    shop = opened;
    customer = await shop.client.register(1_000_000);
  },
);

const audit = async (): Promise<AuditReport> =>
  expected(200, await shop.client.get<AuditReport>('/admin/audit', { token: await shop.client.admin() }));

const change = (service: 'wallet' | 'order', statement: string) =>
  withClient(shop.databaseUrlOf(service), (database) => database.query(statement));

describe('the books', () => {
  it('say why they are empty, and are audited by a button that tells how far it is', async () => {
    const { productId } = await shop.client.createProduct({ name: 'Mug', price: 12_000 });
    const ordered = await shop.client.order(customer, { items: [{ productId, quantity: 1 }] });
    ({ orderId } = expected(201, ordered));
    // What was sold is on its way to the ranking for a moment.
    await assertBooks(shop);
    const { page, window, expectSound } = await open('/books');
    await page.getByText('The books have not been audited yet.').waitFor();
    await page.getByText('npm run audit').waitFor();
    await expectSound();
    const letGo = await window.hold('/admin/audit');
    await page.getByRole('button', { name: 'Audit now' }).click();
    await page.getByRole('progressbar').waitFor();
    expect(await page.getByRole('button', { name: 'Audit now' }).isDisabled()).toBe(true);
    await expectSound();
    letGo();
    await page.getByText('The books balance').waitFor();
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /balances/ }).waitFor();
    await expectSound();
  });

  it('say of all that must hold what both sides have', async () => {
    const { page, expectSound } = await open('/books');
    await page.getByText('charged ₩1,000,000 = balances ₩988,000 + paid ₩12,000').waitFor();
    await page.getByText('due for orders ₩12,000 = paid ₩12,000').waitFor();
    await page.getByText('received 100 = left 99 + taken 1').waitFor();
    const { checks } = await audit();
    for (const { name } of checks)
      expect([name, await page.locator(`[data-check=${name}]`).count()]).toEqual([name, 1]);
    // A check that the console knows nothing of would stand under these.
    expect(await page.getByRole('heading', { name: 'Others' }).count()).toBe(0);
    expect(await page.locator('main').innerText()).not.toMatch(
      /(wallet|order|catalog|coupon|ranking): \w+ \d/,
    );
    await expectSound();
  });

  it('say by how much two sides differ, and lead to whom it is about', async () => {
    await change('wallet', 'UPDATE wallets SET balance = balance + 7');
    const { page, expectSound } = await open('/books');
    await page.getByRole('button', { name: 'Audit now' }).click();
    const balances = page.locator('[data-check=balances]');
    await balances.getByText('balances ₩988,007 ≠ ledger ₩988,000').waitFor();
    await balances.getByText('differs by ₩7').waitFor();
    await page.getByText('One thing does not hold').waitFor();
    const finding = balances.getByRole('link');
    expect(await finding.getAttribute('href')).toBe(`/console/customers/${customer.userId}`);
    await page.getByRole('link', { name: /does not balance · 1 finding/ }).waitFor();
    await expectSound();
    await change('wallet', 'UPDATE wallets SET balance = balance - 7');
  });

  it('lead from a finding to the timeline of its order', async () => {
    await change('order', `UPDATE sagas SET state = 'CANCELLED' WHERE order_id = '${orderId}'`);
    await audit();
    const { page, expectSound } = await open('/books');
    const check = page.locator('[data-check=orders-and-sagas]');
    await check.getByText('1 wrong, though the sums agree').waitFor();
    await check.getByText('differs between orders and sagas').waitFor();
    await expectSound();
    await check.getByRole('link').click();
    await page.waitForURL(`${shop.url}/console/orders/${orderId}`);
    await change('order', `UPDATE sagas SET state = 'SUCCESS' WHERE order_id = '${orderId}'`);
  });

  it('say what is not known while a service does not answer, and call nothing of it sound', async () => {
    await shop.kill('ranking');
    const { page, expectSound } = await open('/books');
    await page.getByRole('button', { name: 'Audit now' }).click();
    await page.getByText('Not known: no answer from ranking').waitFor();
    const unknown = page.locator('[data-check=orders-in-ranking]');
    await unknown.getByText('not known (ranking did not answer)').waitFor();
    await unknown.getByText('counted ?').waitFor();
    await page.locator('[data-check=balances]').getByText('holds', { exact: true }).waitFor();
    await expectSound();
    await shop.start('ranking');
    await eventually(async () => (await audit()).isSound);
  });

  it('show the audit that is chosen among the last, by its cell and by keys, and have it in the address', async () => {
    const { page, expectSound } = await open('/books');
    await page.getByText('The books balance').waitFor();
    const broken = page.getByRole('link', { name: /does not balance/ }).first();
    await broken.hover();
    await page.locator('p', { hasText: /does not balance · 1 finding · took/ }).waitFor();
    await broken.click();
    await page.locator('[data-check=balances]').getByText('differs by ₩7').waitFor();
    expect(new URL(page.url()).searchParams.get('audit')).toMatch(/^[0-9a-f-]{36}$/);
    await expectSound();
    await page.keyboard.press(']');
    await page.locator('[data-check=orders-and-sagas]').getByText('1 wrong').waitFor();
    await page.keyboard.press('[');
    await page.locator('[data-check=balances]').getByText('differs by ₩7').waitFor();
    await page.getByRole('button', { name: 'Back to the latest' }).click();
    await page.getByText('The books balance').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('say that an audit is not kept, and go on', async () => {
    const { page, expectSound } = await open('/books?audit=01920000-0000-7000-8000-0000000000e1');
    await page.getByRole('alert').getByText('AUDIT_NOT_FOUND').waitFor();
    await expectSound();
    await page.getByRole('button', { name: 'Back to the latest' }).click();
    await page.getByText('The books balance').waitFor();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('hang on a wall without anything around them, until Esc', async () => {
    const { page, expectSound } = await open('/books');
    await page.getByText('The books balance').waitFor();
    await page.getByRole('button', { name: 'Show on a wall' }).click();
    await page.getByRole('navigation').waitFor({ state: 'hidden' });
    expect(new URL(page.url()).search).toBe('?wall=1');
    await page.getByText('The books balance').waitFor();
    await expectSound();
    await page.keyboard.press('Escape');
    await page.getByRole('navigation').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('wait no longer for an audit once somebody leaves', async () => {
    const { page, window } = await open('/books');
    await page.getByText('The books balance').waitFor();
    await window.hold('/admin/audit');
    await page.getByRole('button', { name: 'Audit now' }).click();
    await page.getByRole('progressbar').waitFor();
    const left = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/admin/audit'));
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor();
    expect((await left).failure()).not.toBeNull();
  });

  it('hold their place while they are read', async () => {
    const { page, letGo, expectSound } = await openHeld('/books', '/admin/audits');
    await expectSound();
    letGo();
    await page.getByText('The books balance').waitFor();
  });

  it.each(LOOKS)('are whole in %j', async (look) => {
    const { page, expectSound } = await open('/books', look);
    await page.getByText(look.language === 'ko' ? '장부가 맞습니다' : 'The books balance').waitFor();
    const sums =
      look.language === 'ko'
        ? '충전 ₩1,000,000 = 적립 ₩1,000,000'
        : 'charged ₩1,000,000 = credited ₩1,000,000';
    await page.getByText(sums).waitFor();
    await expectSound();
  });
});
