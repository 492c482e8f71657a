import { describe, expect, it } from '@jest/globals';
import { expected, sampled, shareShop, type Customer, type Shop } from '@jangteo/testkit';
import type { Locator, Page } from 'playwright-core';
import type { Look } from './browser.js';
import { AWAY, stageOf, viewerOf } from './stage.js';

/** Other tests of the same shop have mugs too. */
const MUG = 'Mug of the desk';
const LONG = 'A teapot that was thrown, glazed and fired by hand in Icheon '.repeat(3).trim();
const DESCRIPTION = 'Porcelain\n180 ml';
const PHONE_KO: Look = { language: 'ko', theme: 'dark', width: 390 };

type Product = Awaited<ReturnType<Shop['client']['readProduct']>>;

/** What the gateway answers where a service has been silent for too long. */
const LOST = { ...AWAY, status: 504, code: 'UPSTREAM_TIMEOUT' };

/** Chooses what can be done with a customer, and the dialog that asks for it. */
async function choose(page: Page, action: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: action }).click();
  return page.getByRole('dialog');
}

let shop: Shop;
let customer: Customer;
let mug: Product;
const { open } = stageOf(shareShop, async (opened) => {
  shop = opened;
  customer = await shop.client.register(50_000);
  mug = await shop.client.createProduct({ name: MUG, price: 12_000, stock: 5, description: DESCRIPTION });
  await shop.client.createProduct({ name: LONG, price: 90_000, stock: 1_000 });
  const items = [{ productId: mug.productId, quantity: 2 }];
  expected(201, await shop.client.order(customer, { items }));
});

describe('products', () => {
  it.each(sampled<Look>('products', [{}, PHONE_KO, { width: 1024, theme: 'dark' }], 1))(
    'are listed in %j, however long their names',
    async (look) => {
      const { row, expectSound } = await open('/products', look);
      await row(MUG).waitFor();
      await row('A teapot').waitFor();
      await expectSound();
    },
  );

  it('are found by name and by what is left, and it says where none is', async () => {
    const { page, row, expectSound } = await open('/products?q=mug');
    await row(MUG).waitFor();
    expect(await row('A teapot').count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Name contains' }).fill('nothing of the kind');
    await page.keyboard.press('Enter');
    await page.getByText('No product matches these filters.').waitFor();
    await expectSound();
  });

  it('have their stock adjusted with a reason, and show what has moved it', async () => {
    const { page, row, expectSound } = await open(`/products/${mug.productId}`);
    await page.getByRole('button', { name: 'Adjust stock: default' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Units').fill('4');
    await dialog.getByLabel('Reason').fill('delivery');
    await expectSound();
    await dialog.getByRole('button', { name: 'Adjust stock' }).click();
    await page.getByText('The stock is adjusted.').waitFor();
    await row('delivery').getByText('+4').waitFor();
    expect((await shop.client.readProduct(mug.productId)).stock).toBe(7);
    await expectSound();
  });

  it('are not written over: who was later chooses', async () => {
    const { page, expectSound } = await open(`/products/${mug.productId}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Price').fill('13000');
    await dialog.getByLabel('Category').fill('gifts');
    const token = await shop.client.admin();
    expected(200, await shop.client.patch(`/products/${mug.productId}`, { price: 15_000 }, { token }));
    await dialog.getByRole('button', { name: 'Edit' }).click();
    await dialog.getByText('Somebody has changed it meanwhile.', { exact: false }).waitFor();
    await expectSound();
    await dialog.getByLabel('Take theirs: 15000').check();
    await dialog.getByRole('button', { name: 'Edit' }).click();
    await page.getByText('The product is changed.').waitFor();
    // Nobody has touched its lines.
    expect(await shop.client.readProduct(mug.productId)).toMatchObject({
      price: 15_000,
      category: 'gifts',
      description: DESCRIPTION,
    });
  });

  it('are looked at but not changed by viewers, who are told which role may', async () => {
    const { page, expectSound } = await open(`/products/${mug.productId}`, {}, await viewerOf(shop));
    await page.getByRole('row', { name: /^default ₩/ }).waitFor();
    const edit = page.getByRole('button', { name: 'Edit' });
    expect(await edit.getAttribute('aria-disabled')).toBe('true');
    expect(await edit.getAttribute('title')).toBe('Needs the role operator');
    await expectSound();
  });
});

describe('customers', () => {
  it.each(sampled<Look>('customers', [{}, PHONE_KO], 1))('are listed in %j', async (look) => {
    const { row, expectSound } = await open(`/customers?q=${customer.email}`, look);
    await row(customer.email).waitFor();
    await expectSound();
  });

  it('show each change of their balance, before and after, and their orders', async () => {
    const { page, row, expectSound } = await open(`/customers/${customer.userId}`);
    const payment = row('Payment');
    await payment.getByText('-₩24,000').waitFor();
    await payment.getByText('₩50,000').waitFor();
    await payment.getByText('₩26,000').waitFor();
    await page.getByRole('img', { name: 'The balance after each change of this page' }).waitFor();
    await expectSound();
    await page.getByRole('button', { name: 'Orders', exact: true }).click();
    await row(MUG).getByText('Success').waitFor();
    await page.getByRole('button', { name: 'Coupons', exact: true }).click();
    await page.getByText('No coupon has been issued to this customer.').waitFor();
    await expectSound();
  });

  it('have their balance adjusted once, though the answer was lost, and are suspended', async () => {
    const { page, row, expectSound } = await open(`/customers/${customer.userId}`);
    // As often as the client asks by itself.
    let lost = 0;
    await page.route(
      ({ pathname }) => pathname === `/admin/users/${customer.userId}/balance`,
      async (route) => {
        const response = await route.fetch();
        lost += 1;
        if (lost <= 2) await route.fulfill({ status: 504, json: LOST });
        else await route.fulfill({ response });
      },
    );
    const adjusting = await choose(page, 'Adjust the balance');
    await adjusting.getByLabel('Amount').fill('1000');
    await adjusting.getByLabel('Reason').fill('sorry');
    await page.mouse.click(2, 2);
    await adjusting.getByRole('button', { name: 'Adjust the balance' }).click();
    await adjusting.getByRole('alert').getByText('UPSTREAM_TIMEOUT').waitFor();
    await adjusting.getByRole('button', { name: 'Adjust the balance' }).click();
    await page.getByText('The balance is adjusted.').waitFor();
    await row('sorry').getByText('₩27,000').waitFor();
    expect(await row('sorry').count()).toBe(1);
    const suspending = await choose(page, 'Suspend the account');
    await suspending.getByText('All sessions end at once', { exact: false }).waitFor();
    await expectSound();
    await suspending.getByRole('button', { name: 'Suspend the account' }).click();
    await page.getByText('The account is suspended.').waitFor();
    await page.getByText('Suspended', { exact: true }).waitFor();
    await expectSound();
  });

  it('are not taken for one another when a find leads from one to the next', async () => {
    const [boss, friend] = [await viewerOf(shop), await shop.client.register()];
    const { window, page, expectSound } = await open(`/customers/${boss.userId}`);
    const asking = await choose(page, 'Change the role');
    await asking.getByRole('heading', { name: '(viewer)' }).waitFor();
    await asking.getByLabel('Role').selectOption('admin');
    await asking.getByRole('heading', { name: '(viewer → admin)' }).waitFor();
    await expectSound();
    await asking.getByRole('button', { name: 'Cancel' }).click();
    const letGo = await window.hold(`/admin/users/${friend.userId}`);
    await page.keyboard.press('/');
    await page.getByRole('combobox').fill(friend.userId);
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-skeleton=true]').first().waitFor();
    expect(await page.getByRole('button', { name: 'Actions' }).count()).toBe(0);
    expect(await page.getByText(boss.email).count()).toBe(0);
    letGo();
    const next = await choose(page, 'Change the role');
    await next.getByRole('heading', { name: '(customer)' }).waitFor();
    expect(await next.getByLabel('Role').inputValue()).toBe('customer');
  });

  it('say when there is none with an id', async () => {
    const { page, expectSound } = await open('/customers/01a229d0-0000-7000-8000-000000000000');
    await page.getByText('USER_NOT_FOUND').first().waitFor();
    await expectSound();
  });
});

describe('the log', () => {
  it.each(sampled<Look>('log', [{}, PHONE_KO], 1))('tells who did what in %j', async (look) => {
    const { page, row, expectSound } = await open('/log', look);
    await row('restock').first().waitFor();
    await expectSound();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await expectSound();
  });
});
