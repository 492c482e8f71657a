import { describe, expect, it } from '@jest/globals';
import { shareShop } from '@jangteo/testkit';
import type { Page } from 'playwright-core';
import { stageOf } from './stage.js';

const { open } = stageOf(shareShop, () => Promise.resolve());

const PART = /\/console\/assets\/Log-[^/]+\.js$/;

/** Lets a part of the page be gone, as often as is said, and counts how often the page is loaded. */
async function withoutPart(page: Page, times?: number) {
  let loads = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loads += 1;
  });
  await page.route(PART, (route) => route.fulfill({ status: 404 }), times === undefined ? {} : { times });
  return { loads: () => loads, comeBack: () => page.unroute(PART) };
}

const log = (page: Page) => page.getByRole('heading', { name: 'Log', level: 1 });

describe('a page whose build is not the newest any more', () => {
  it('is loaded anew when it needs what is gone, and goes on where it was going', async () => {
    const { page } = await open('/products');
    await page.getByRole('heading', { name: 'Products', level: 1 }).waitFor();
    const { loads } = await withoutPart(page, 1);
    await page.getByRole('link', { name: 'Log' }).click();
    await log(page).waitFor();
    expect(loads()).toBe(1);
    expect(new URL(page.url()).pathname).toBe('/console/log');
  });

  it('is loaded anew once if that does not help, says so, and is whole once it is asked again', async () => {
    const { page, expectSound } = await open('/products');
    await page.getByRole('heading', { name: 'Products', level: 1 }).waitFor();
    const { loads, comeBack } = await withoutPart(page);
    await page.getByRole('link', { name: 'Log' }).click();
    const retry = page.getByRole('alert').getByRole('button', { name: 'Retry' });
    await retry.waitFor();
    expect(loads()).toBe(1);
    await expectSound();
    // Nor does whoever goes elsewhere and comes back set it going again.
    await page.getByRole('link', { name: 'Products' }).click();
    await page.getByRole('heading', { name: 'Products', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Log' }).click();
    await retry.waitFor();
    expect(loads()).toBe(1);
    await comeBack();
    await retry.click();
    await log(page).waitFor();
    expect(loads()).toBe(2);
  });
});
