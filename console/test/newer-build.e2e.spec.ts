import { describe, expect, it } from '@jest/globals';
import { shareShop } from '@jangteo/testkit';
import type { Page } from 'playwright-core';
import { stageOf } from './stage.js';

const { open } = stageOf(shareShop, () => Promise.resolve());

const PART = /\/console\/assets\/operations-[^/]+\.js$/;

/** Lets a part of the page be gone, until the page was loaded so often if that is said, and counts how often it is. */
async function withoutPart(page: Page, until = Infinity) {
  let loads = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loads += 1;
  });
  // A browser may ask for a part twice: beforehand, and when it runs it.
  await page.route(PART, (route) => (loads < until ? route.fulfill({ status: 404 }) : route.continue()));
  return { loads: () => loads, comeBack: () => page.unroute(PART) };
}

const stuckOrders = (page: Page) => page.getByRole('heading', { name: 'Stuck orders', level: 1 });

/** Lets the shop be out of reach for a part of the page, and for the page itself. */
async function withoutShop(page: Page) {
  const refuse = (path: string | RegExp) => page.route(path, (route) => route.abort('connectionrefused'));
  await refuse(PART);
  await refuse('**/console/');
  return async () => {
    await page.unroute(PART);
    await page.unroute('**/console/');
  };
}

describe('a page whose build is not the newest any more', () => {
  it('is loaded anew when it needs what is gone, and goes on where it was going', async () => {
    const { page } = await open('/products');
    await page.getByRole('heading', { name: 'Products', level: 1 }).waitFor();
    const { loads } = await withoutPart(page, 1);
    await page.getByRole('link', { name: 'Stuck orders' }).click();
    await stuckOrders(page).waitFor();
    expect(loads()).toBe(1);
    expect(new URL(page.url()).pathname).toBe('/console/stuck');
  });

  it('is loaded anew once if that does not help, says so, and is whole once it is asked again', async () => {
    const { page, expectSound } = await open('/products');
    await page.getByRole('heading', { name: 'Products', level: 1 }).waitFor();
    const { loads, comeBack } = await withoutPart(page);
    await page.getByRole('link', { name: 'Stuck orders' }).click();
    const retry = page.getByRole('button', { name: 'Retry' });
    await retry.waitFor();
    expect(loads()).toBe(1);
    await expectSound();
    // Nor does whoever goes elsewhere and comes back set it going again.
    await page.getByRole('link', { name: 'Products' }).click();
    await page.getByRole('heading', { name: 'Products', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Stuck orders' }).click();
    await retry.waitFor();
    expect(loads()).toBe(1);
    await comeBack();
    await retry.click();
    await stuckOrders(page).waitFor();
    expect(loads()).toBe(2);
  });

  it('stays, and says so, where the shop is out of reach, and is loaded anew once that is back', async () => {
    const { page, expectSound } = await open('/products');
    await page.getByRole('heading', { name: 'Products', level: 1 }).waitFor();
    let loads = 0;
    page.on('request', (request) => (loads += Number(request.isNavigationRequest())));
    const comeBack = await withoutShop(page);
    await page.getByRole('link', { name: 'Stuck orders' }).click();
    const retry = page.getByRole('button', { name: 'Retry' });
    await retry.waitFor();
    await expectSound();
    const [asked] = await Promise.all([page.waitForRequest('**/console/'), retry.click()]);
    expect(asked.isNavigationRequest()).toBe(false);
    await retry.waitFor();
    expect(loads).toBe(0);
    await comeBack();
    await retry.click();
    await stuckOrders(page).waitFor();
    expect(loads).toBe(1);
    // It was not taken for a newer build.
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });
});
