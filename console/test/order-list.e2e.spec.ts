import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, START_DEADLINE_MS, startShop, type Customer, type Shop } from '@jangteo/testkit';
import { ConsoleBrowser, type Look, type Window } from './browser.js';

let shop: Shop;
let browser: ConsoleBrowser;
let customer: Customer;
let window: Window | undefined;

beforeAll(async () => {
  [shop, browser] = await Promise.all([startShop({}), ConsoleBrowser.open()]);
  customer = await shop.client.register(1_000_000);
}, START_DEADLINE_MS);
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
});
afterEach(async () => {
  await window?.close();
  window = undefined;
});

const open = async (path: string, look: Look = {}): Promise<Window> =>
  (window = await browser.openAt(shop, path, look));

async function place(name: string, price: number, stock = 10): Promise<string> {
  const { productId } = await shop.client.createProduct({ name, price, stock });
  const items = [{ productId, quantity: 1 }];
  const { body } = await shop.client.order<{ orderId: string }>(customer, { items });
  return body.orderId;
}

describe('the list of orders', () => {
  it('says why it is empty, and which command changes that', async () => {
    const { page, expectSound } = bound(await open('/orders'));
    await page.getByText('No order has been placed yet.').waitFor();
    await page.getByText('npx jangteo call placeOrder --help').waitFor();
    await expectSound();
  });

  it('shows what was ordered, by whom, and what became of it', async () => {
    await place('Mug', 12_000);
    await place('Gold bar', 90_000_000);
    const { page, expectSound } = bound(await open('/orders'));
    const success = page.getByRole('row').filter({ hasText: 'Mug' });
    await success.getByText('Success').waitFor();
    await success.getByText('₩12,000').waitFor();
    // It failed before anybody looked up what its product is called.
    const failed = page.getByRole('row').filter({ hasText: 'balance too low' });
    await failed.getByText('Failed').waitFor();
    await expectSound();
  });

  it.each<Look>([
    { language: 'ko', theme: 'dark' },
    { language: 'ko', width: 390 },
    { language: 'en', width: 1024, theme: 'dark' },
  ])('is whole in %j', async (look) => {
    const { page, expectSound } = bound(await open('/orders', look));
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
    await page
      .getByRole('row')
      .getByText(look.language === 'ko' ? '성공' : 'Success')
      .first()
      .waitFor();
    await expectSound();
    if (look.width !== 390) return;
    await page.getByRole('button', { name: '메뉴' }).click();
    await page.getByRole('link', { name: '주문', exact: true }).waitFor();
    await expectSound();
  });

  it('shows what its filters let through, has them in its address, and takes them away', async () => {
    const { page, expectSound } = bound(await open('/orders?status=FAILED'));
    await page.getByRole('row').filter({ hasText: 'balance too low' }).waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'Mug' }).count()).toBe(0);
    await expectSound();
    await page.getByRole('button', { name: 'Remove filter Status: Failed' }).click();
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.getByLabel('Reason').selectOption('OUT_OF_STOCK');
    await page.getByText('No order matches these filters.').waitFor();
    expect(new URL(page.url()).search).toBe('?failureCode=OUT_OF_STOCK');
  });

  it('collects new orders until somebody wants to see them', async () => {
    const { page } = bound(await open('/orders'));
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
    await place('Teapot', 30_000);
    const more = page.getByRole('button', { name: '1 new [show]' });
    await more.waitFor();
    const teapot = page.getByRole('row').filter({ hasText: 'Teapot' });
    expect(await teapot.count()).toBe(0);
    await more.click();
    await teapot.waitFor();
  });

  it('holds the place of what it waits for', async () => {
    const waiting = (window = await browser.window(shop));
    const letGo = await waiting.hold('/admin/orders');
    const { loginToken } = await linkOf();
    await waiting.goto(`/orders#login=${loginToken}`);
    await waiting.page.locator('[data-skeleton=true]').waitFor();
    expect(await waiting.faults()).toEqual([]);
    letGo();
    await waiting.page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
  });

  it('says what is away, and goes on when it is back', async () => {
    const { page, expectSound } = bound(await open('/orders'));
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
    await shop.kill('order');
    await page.getByRole('alert').waitFor();
    await page.getByText('does not answer', { exact: false }).first().waitFor();
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
    await expectSound();
    await shop.start('order');
    const isBack = async () => {
      const retry = page.getByRole('alert').getByRole('button', { name: 'Retry', exact: true });
      if (await retry.isEnabled().catch(() => false)) await retry.click().catch(() => undefined);
      return (await page.getByRole('alert').count()) === 0;
    };
    await eventually(isBack, { everyMs: 200 });
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
  });

  it('is gone through by keys alone', async () => {
    const { page, expectSound } = bound(await open('/orders'));
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const pane = page.getByRole('dialog');
    await pane.getByRole('button', { name: 'Open the timeline' }).waitFor();
    expect(new URL(page.url()).searchParams.get('order')).toMatch(/^[0-9a-f-]{36}$/);
    await expectSound();
    await page.keyboard.press('Escape');
    await pane.waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor();
    await expectSound();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.getByRole('dialog').getByRole('combobox').fill('Ord');
    await page.getByRole('option', { name: 'Pages Orders' }).waitFor();
    await expectSound();
    await page.keyboard.press('Enter');
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
  });

  it('logs in over the page when the session has ended, and goes on', async () => {
    const { page, expectSound } = bound(await open('/orders?status=SUCCESS'));
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
    const token = await shop.client.login(shop.client.adminCredentials);
    await fetch(`${shop.url}/auth/sessions`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Your session has ended.', { exact: false }).waitFor();
    await expectSound();
    await dialog.getByLabel('Password').fill(shop.client.adminCredentials.password);
    await dialog.getByRole('button', { name: 'Log in' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('row').filter({ hasText: 'Mug' }).waitFor();
    expect(new URL(page.url()).search).toBe('?status=SUCCESS');
  });

  it('shows nothing to whoever has no role in the shop', async () => {
    const { page, expectSound } = bound((window = await browser.window(shop)));
    await window.goto('/orders');
    await page.getByLabel('E-mail').fill(customer.email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('E-mail or password is wrong.').waitFor();
    await page.getByLabel('Password').fill(customer.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('This account may not look at the shop.', { exact: false }).waitFor();
    await expectSound();
  });
});

async function linkOf(): Promise<{ loginToken: string }> {
  const token = await shop.client.admin();
  return (await shop.client.post<{ loginToken: string }>('/auth/console/links', undefined, { token })).body;
}

function bound(one: Window): { page: Window['page']; expectSound: () => Promise<void> } {
  return { page: one.page, expectSound: async () => expect(await one.faults()).toEqual([]) };
}
