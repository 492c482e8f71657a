import { describe, expect, it } from '@jest/globals';
import { expected, startShop, type Customer, type Shop } from '@jangteo/testkit';
import { LOOKS, stageOf } from './stage.js';

const gateway = { AUDIT_INTERVAL_SECONDS: '2' };

let shop: Shop;
let customer: Customer;
let productId: string;
const { open, openHeld } = stageOf(
  () => startShop({ services: { gateway } }),
  async (opened) => {
    shop = opened;
    customer = await shop.client.register(1_000_000);
    ({ productId } = await shop.client.createProduct({ name: 'Mug', price: 12_000 }));
  },
);

const place = (quantity: number, headers?: Record<string, string>) =>
  shop.client.order<{ orderId: string }>(customer, { items: [{ productId, quantity }] }, headers);

describe('the overview', () => {
  it('is the first page, and each of its figures leads to what is behind it', async () => {
    const { page, expectSound } = await open('/');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    const figures = page.getByRole('list', { name: 'In short' }).getByRole('link');
    await figures.first().waitFor();
    const links = await figures.evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links).toEqual(
      ['orders', 'orders?status=FAILED', 'orders', 'failed', 'stuck', 'books'].map(
        (path) => `/console/${path}`,
      ),
    );
    await page.getByRole('link', { name: 'wallet, answers, 1 replica, 0 waiting' }).waitFor();
    await expectSound();
  });

  it('counts orders by outcome, says how they fared by the minute, and when the books were audited', async () => {
    const { page, expectSound } = await open('/');
    expected(201, await place(1));
    expect((await place(90)).body).toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    await page.getByText('1 refused, 0 timed out').waitFor();
    await page.getByText('balance ✓').waitFor();
    await page.getByRole('link', { name: /^Success\s*50%/ }).waitFor();
    await page.getByRole('link', { name: /^95 in 100 took up to\s*\d/ }).waitFor();
    await page.getByText('By the minute').click();
    const table = page.getByRole('table', { name: /^The last ten minutes/ });
    await table.getByRole('row').nth(1).waitFor();
    expect(await table.getByRole('columnheader').allInnerTexts()).toContain('Refused');
    // Drawn by what is loaded for it alone.
    await page.locator('svg path[data-tone=done]').first().waitFor({ state: 'attached' });
    await expectSound();
  });

  it('turns into a table by a key, and back', async () => {
    const { page, expectSound } = await open('/');
    await page.getByRole('group', { name: 'The shop' }).waitFor();
    await page.keyboard.press('v');
    const table = page.getByRole('table', { name: /^The services of the shop/ });
    await table.getByRole('row').filter({ hasText: 'catalog' }).getByText('answers').waitFor();
    expect(new URL(page.url()).search).toBe('?view=table');
    await expectSound();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page
      .getByRole('dialog')
      .getByText('Takes what customers and staff ask for', { exact: false })
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('v');
    await page.getByRole('group', { name: 'The shop' }).waitFor();
  });

  it('opens more of a service and of the broker, by keys too', async () => {
    const { page, expectSound } = await open('/');
    await page.getByRole('link', { name: /^wallet, answers/ }).focus();
    await page.keyboard.press('Enter');
    const pane = page.getByRole('dialog');
    await pane.getByRole('row').filter({ hasText: 'wallet.requests' }).waitFor();
    expect(new URL(page.url()).search).toBe('?node=wallet');
    await expectSound();
    await page.keyboard.press('Escape');
    await pane.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Broker · RabbitMQ' }).click();
    await pane.getByRole('row').filter({ hasText: 'order.replies' }).waitFor();
    await pane.getByRole('row').filter({ hasText: 'ranking.events' }).waitFor();
    await expectSound();
  });

  it('says who does not answer, what that means, and until when orders wait', async () => {
    const { page, expectSound } = await open('/');
    await page.getByRole('link', { name: /^wallet, answers/ }).waitFor();
    shop.pause('wallet');
    try {
      const { body } = await place(1, { prefer: 'respond-async' });
      await page.getByRole('link', { name: /^wallet, does not answer/ }).waitFor();
      const status = page.getByRole('status').filter({ hasText: 'wallet' });
      await status
        .getByText(/no answer for \d+ s; orders wait, none are lost: oldest deadline in \d+ s/)
        .waitFor();
      await page.getByText('not counted: wallet').waitFor();
      await expectSound();
      shop.resume('wallet');
      await shop.client.untilEnded(customer, body.orderId);
    } finally {
      shop.resume('wallet');
    }
    await page.getByRole('link', { name: /^wallet, answers/ }).click();
    await page
      .getByRole('dialog')
      .getByText(/\d\d:\d\d:\d\d to \d\d:\d\d:\d\d/)
      .waitFor();
    await expectSound();
  });

  it('says so when nothing is told any more, loses its colours, and goes on by itself', async () => {
    const { page, expectSound } = await open('/');
    await page.getByRole('link', { name: /^wallet, answers/ }).waitFor();
    const dots = page.getByRole('list', { name: 'Services' });
    await shop.kill('gateway');
    try {
      await page.getByText('Reconnecting…', { exact: false }).waitFor();
      await page
        .locator('[data-old=true]')
        .getByRole('link', { name: /^wallet, answers/ })
        .waitFor();
      // Nobody knows it now.
      await dots.locator('[data-state=unknown]').nth(5).waitFor();
      await expectSound();
    } finally {
      await shop.start('gateway');
    }
    await page.locator('[data-old=false]').waitFor();
    await dots.locator('[data-state=answers]').first().waitFor();
  });

  it('moves nothing unless motion is wanted', async () => {
    const { page } = await open('/');
    expected(201, await place(1));
    const flow = page.locator('[data-edge=order] path').nth(1);
    await page.locator('[data-edge=order] path').nth(3).waitFor({ state: 'attached' });
    const isMoving = () => flow.evaluate((path) => path.getAnimations().length > 0);
    expect(await isMoving()).toBe(false);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await isMoving()).toBe(true);
  });

  it('holds its place until the shop is heard', async () => {
    const { page, letGo, expectSound } = await openHeld('/', '/admin/live');
    await expectSound();
    letGo();
    await page.getByRole('link', { name: /^wallet, answers/ }).waitFor();
  });

  it.each(LOOKS)('is whole in %j', async (look) => {
    const { page, expectSound } = await open('/', look);
    const isKorean = look.language === 'ko';
    await page.getByRole('link', { name: isKorean ? /^wallet, 응답함/ : /^wallet, answers/ }).waitFor();
    await page.getByText(isKorean ? '맞습니다 ✓' : 'balance ✓').waitFor();
    await page.locator('svg path[data-tone=done]').first().waitFor({ state: 'attached' });
    await expectSound();
    await page.getByRole('button', { name: isKorean ? '표로 보기' : 'As a table' }).click();
    await page.getByRole('row').filter({ hasText: 'ranking' }).waitFor();
    await expectSound();
  });
});
