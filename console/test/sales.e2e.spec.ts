import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { shareShop, statisticsDatabase, type StatisticsDatabase } from '@jangteo/testkit';
import { LOOKS, stageOf } from './stage.js';

const DAY_MS = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const daysAgo = (days: number): Date => new Date(TODAY - days * DAY_MS);

let statistics: StatisticsDatabase;
let mug: string;
const { open, openAnswered, openHeld } = stageOf(
  async () => {
    statistics = await statisticsDatabase();
    return await shareShop({ ranking: { STATISTICS_DATABASE_URL: statistics.url } });
  },
  async ({ client }) => {
    mug = (await client.createProduct({ name: 'Mug of the sales' })).productId;
    const teapot = (await client.createProduct({ name: 'Teapot of the sales' })).productId;
    await statistics.count(
      {
        hour: daysAgo(2),
        productId: mug,
        name: 'Mug of the sales',
        category: 'Kitchen',
        units: 3,
        revenue: 36_000,
        discount: 3_000,
      },
      {
        hour: daysAgo(1),
        productId: teapot,
        name: 'Teapot of the sales',
        units: 1,
        revenue: 90_000,
        cancelled: 2,
      },
    );
    await statistics.reach(new Date(Date.now() + DAY_MS));
  },
);
afterAll(async () => {
  await statistics?.drop();
});

const SOLD = '/sales?last=7d';

describe('the sales', () => {
  it.each(LOOKS)('are figures, bars, a table and products in %j', async (look) => {
    const { page, row, expectSound } = await open(SOLD, look);
    const isKorean = look.language === 'ko';
    await page.getByText('₩126,000', { exact: true }).waitFor();
    await row('₩36,000').first().waitFor();
    await row('Teapot of the sales').waitFor();
    await page
      .getByText(isKorean ? '통계의 수치입니다' : 'Figures of the statistics', { exact: false })
      .waitFor();
    await expectSound();
  });

  it('are told bar by bar, by keys and by pointing', async () => {
    const { page, expectSound } = await open(SOLD);
    const bars = page.getByRole('slider', { name: 'Revenue by the day' });
    await bars.focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('figcaption').getByText('₩90,000 · 1 unit · 1 order', { exact: false }).waitFor();
    expect(await bars.getAttribute('aria-valuetext')).toContain('₩90,000');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    expect(await bars.getAttribute('aria-valuenow')).toBe('0');
    await expectSound();
    await page.getByRole('button', { name: 'Units', exact: true }).click();
    await page.getByRole('slider', { name: 'Units by the day' }).waitFor();
    expect(new URL(page.url()).search).toBe('?last=7d&bars=units');
  });

  it('have their time in the address, go away as CSV, and say where nothing was sold', async () => {
    const { page, expectSound } = await open(SOLD);
    await page.getByText('₩126,000', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Share' }).first().click();
    const saved = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Export CSV' }).click();
    const csv = await readFile(await (await saved).path(), 'utf8');
    expect(csv).toContain(`${daysAgo(2).toISOString()},36000,3000,3,1,0,statistics\r\n`);
    await page.getByRole('button', { name: 'Share' }).nth(1).click();
    const products = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Export CSV' }).click();
    expect(await readFile(await (await products).path(), 'utf8')).toContain(
      'Product,Category,Revenue (KRW),Units,Orders\r\nTeapot of the sales,,90000,1,1\r\nMug of the sales,Kitchen,36000,3,1\r\n',
    );
    await page.getByRole('button', { name: 'By the hour' }).click();
    await page.getByRole('slider', { name: 'Revenue by the hour' }).waitFor();
    expect(new URL(page.url()).search).toBe('?last=7d&by=hour');
    await page.getByLabel('From').fill('2020-01-01T00:00');
    await page.getByLabel('To').fill('2020-01-02T00:00');
    await page.keyboard.press('Enter');
    await page.getByText('No figures are kept of this time.').waitFor();
    await expectSound();
    await page.getByRole('button', { name: 'The last 30 days' }).click();
    await page.getByText('₩126,000', { exact: true }).waitFor();
  });

  it('say why a time is none, and hold the place of what is awaited', async () => {
    const wrong = await open('/sales?by=hour&from=2026-01-01T00:00&to=2025-01-01T00:00');
    await wrong.page.getByText('VALIDATION_FAILED').waitFor();
    await wrong.expectSound();
    const { letGo, row, expectSound } = await openHeld(SOLD, '/admin/sales');
    await expectSound();
    letGo();
    await row('₩36,000').first().waitFor();
  });

  it('are without money where the shop has no statistics, and say so', async () => {
    const units = [2, 0, 5];
    const rows = units.map((its, days) => ({ at: daysAgo(2 - days).toISOString(), units: its, orders: its }));
    const own = rows.map((row) => ({ ...row, source: 'ranking' }));
    const { page, expectSound } = await openAnswered(SOLD, '/admin/sales', own);
    await page.getByRole('slider', { name: 'Units by the day' }).waitFor();
    await page.getByText('It counts no money', { exact: false }).waitFor();
    expect(await page.getByRole('button', { name: 'Revenue' }).count()).toBe(0);
    await expectSound();
  });
});
