import { describe, expect, it } from '@jest/globals';
import { startShop, type Customer, type Shop } from '@jangteo/testkit';
import { AWAY, LOOKS, stageOf } from './stage.js';

/** So that who is away is not waited for long. */
const gateway = { REQUEST_DEADLINE_MS: '5000' };

let shop: Shop;
let customer: Customer;
const { open, openHeld, openOutside } = stageOf(
  () => startShop({ services: { gateway } }),
  async (opened) => {
    shop = opened;
    customer = await shop.client.register(1_000_000);
  },
);

async function place(name: string, price: number, stock = 10): Promise<string> {
  const { productId } = await shop.client.createProduct({ name, price, stock });
  const items = [{ productId, quantity: 1 }];
  const { body } = await shop.client.order<{ orderId: string }>(customer, { items });
  return body.orderId;
}

describe('the list of orders', () => {
  it('says why it is empty, and which command changes that', async () => {
    const { page, expectSound } = await open('/orders');
    await page.getByText('No order has been placed yet.').waitFor();
    await page.getByText('npx jangteo call placeOrder --help').waitFor();
    await expectSound();
  });

  it('shows what was ordered, by whom, and what became of it', async () => {
    await place('Mug', 12_000);
    await place('Gold bar', 90_000_000);
    const { row, expectSound } = await open('/orders');
    const success = row('Mug');
    await success.getByText('Success').waitFor();
    await success.getByText('₩12,000').waitFor();
    // It failed before anybody looked up what its product is called.
    const failed = row('balance too low');
    await failed.getByText('Failed').waitFor();
    await expectSound();
  });

  it.each(LOOKS)('is whole in %j', async (look) => {
    const { page, row, expectSound } = await open('/orders', look);
    await row('Mug').waitFor();
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
    const { page, row, expectSound } = await open('/orders?status=FAILED');
    await row('balance too low').waitFor();
    expect(await row('Mug').count()).toBe(0);
    await expectSound();
    await page.getByRole('button', { name: 'Remove filter Status: Failed' }).click();
    await row('Mug').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.getByLabel('Reason').selectOption('OUT_OF_STOCK');
    await page.getByText('No order matches these filters.').waitFor();
    expect(new URL(page.url()).search).toBe('?failureCode=OUT_OF_STOCK');
  });

  it('takes what is open beside the list away with its filters', async () => {
    const failed = await place('Gold bar', 90_000_000);
    const { window, page, row } = await open('/orders?status=SUCCESS');
    // What is open beside the list is read by itself, and covers the filters once it is there.
    const letGo = await window.hold(`/orders/${failed}/timeline`);
    await window.goto(`/orders?status=SUCCESS&order=${failed}`);
    await row('Mug').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    letGo();
    await row('balance too low').first().waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('collects new orders until somebody wants to see them', async () => {
    const { page, row } = await open('/orders');
    await row('Mug').waitFor();
    await place('Teapot', 30_000);
    const more = page.getByRole('button', { name: '1 new [show]' });
    await more.waitFor();
    const teapot = row('Teapot');
    expect(await teapot.count()).toBe(0);
    await more.click();
    await teapot.waitFor();
  });

  it('holds the place of what it waits for', async () => {
    const { letGo, row, expectSound } = await openHeld('/orders', '/admin/orders');
    await expectSound();
    letGo();
    await row('Mug').waitFor();
  });

  it('says what is away, and goes on when it is back', async () => {
    const { page, row, expectSound } = await open('/orders');
    await row('Mug').waitFor();
    await shop.kill('order');
    await page.getByRole('alert').waitFor();
    await page.getByText('does not answer', { exact: false }).first().waitFor();
    await row('Mug').waitFor();
    await expectSound();
    await shop.start('order');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await row('Mug').waitFor();
  });

  it('is gone through by keys alone', async () => {
    const { page, row, expectSound } = await open('/orders');
    await row('Mug').waitFor();
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
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/console/orders');
    await row('Mug').waitFor();
  });

  it('does not take a shop that cannot answer for one that has logged somebody out', async () => {
    const { window, page, row, expectSound } = await open('/orders');
    await row('Mug').waitFor();
    const goOn = await window.answer('/auth/console/refresh', 503, AWAY);
    await page.reload();
    await page.getByRole('alert').getByText('SERVICE_UNAVAILABLE').waitFor();
    await expectSound();
    await goOn();
    await page.getByRole('button', { name: 'Retry' }).click();
    await row('Mug').waitFor();
  });

  it('logs in over the page when the session has ended, and goes on', async () => {
    const { page, row, expectSound } = await open('/orders?status=SUCCESS');
    await row('Mug').waitFor();
    const token = await shop.client.login(shop.client.adminCredentials);
    await fetch(`${shop.url}/auth/sessions`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Your session has ended.', { exact: false }).waitFor();
    await expectSound();
    // It can only be answered: browsers close a dialog by the second of these, whatever a page makes of the first.
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('Escape');
    await dialog.getByLabel('Password').fill(shop.client.adminCredentials.password);
    await dialog.getByRole('button', { name: 'Log in' }).click();
    await dialog.waitFor({ state: 'detached' });
    await row('Mug').waitFor();
    expect(new URL(page.url()).search).toBe('?status=SUCCESS');
  });

  it('shows nothing to whoever has no role in the shop', async () => {
    const { page, expectSound } = await openOutside('/orders');
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
