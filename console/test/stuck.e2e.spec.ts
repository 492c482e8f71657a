import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { startShop, type Customer, type Shop } from '@jangteo/testkit';
import type { Look } from './browser.js';
import { HELPLESS, outcomesOn, stuckOrders, walletForgets } from './harm.js';
import { LOOKS, stageOf } from './stage.js';

let shop: Shop;
let customer: Customer;
const stage = stageOf(
  () => startShop(HELPLESS),
  async (opened) => {
    shop = opened;
    customer = await shop.client.register(1_000_000);
  },
);

async function open(path: string, look?: Look) {
  const opened = await stage.open(path, look);
  const { page } = opened;
  return {
    ...opened,
    /** A row of the table, by the order that it is about. */
    row: (orderId: string) => page.locator('tbody tr').filter({ has: page.locator(`a[href$="${orderId}"]`) }),
    outcome: outcomesOn(page),
  };
}

describe('stuck orders', () => {
  it('say that there are none, and how many are in flight', async () => {
    const { page, expectSound } = await open('/stuck');
    await page.getByText('Nothing is stuck, and nothing is in flight.').waitFor();
    await page.getByText('No order has been without progress for 1 min or more.').waitFor();
    await expectSound();
    await page.getByLabel('Without progress for').selectOption('0');
    await page.getByText('No order is in flight.').waitFor();
    expect(new URL(page.url()).search).toBe('?olderThan=0');
  });

  it('hold the place of what they wait for', async () => {
    const { page, letGo, expectSound } = await stage.openHeld('/stuck', '/admin/sagas');
    await expectSound();
    letGo();
    await page.getByText('No order has been without progress', { exact: false }).waitFor();
  });

  it('say whom they wait for, and once they are nudged which of them went on', async () => {
    const orderIds = await stuckOrders(shop, customer, 3);
    const [first, ...others] = orderIds as [string, ...string[]];
    const { page, row, outcome, expectSound } = await open('/stuck?olderThan=0');
    await row(first).getByText('debit the wallet').waitFor();
    await row(first).getByText('wallet · does not answer').filter({ visible: true }).waitFor();
    await page.getByText('3 in flight', { exact: false }).waitFor();
    await expectSound();
    await page.getByRole('button', { name: 'Nudge 3 orders' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('3 × debit the wallet is sent again to wallet (does not answer).').waitFor();
    await dialog.getByText('As long as there is no answer from wallet, nothing goes on.').waitFor();
    await expectSound();
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    await walletForgets(shop);
    await row(first).getByText('wallet · ready').filter({ visible: true }).waitFor();
    await row(first).getByRole('button', { name: 'Nudge 1 order' }).click();
    await dialog.getByText('1 × debit the wallet is sent again to wallet (ready).').waitFor();
    await dialog.getByRole('button', { name: 'Nudge 1 order' }).click();
    await outcome('requested 1').filter({ hasText: 'nudged 1' }).filter({ hasText: 'went on 1' }).waitFor();
    await row(first).getByText('went on').first().waitFor();
    expect(await row(others[0]!).count()).toBe(0);
    // What is handed on is what is shown, and not the list behind it.
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('menuitem', { name: 'Export CSV' }).click();
    const csv = await readFile(await (await saved).path(), 'utf8');
    expect(orderIds.filter((orderId) => csv.includes(orderId))).toEqual([first]);
    expect((await shop.client.untilEnded(customer, first)).orderStatus).toBe('SUCCESS');
    await expectSound();

    await page.getByRole('button', { name: 'Remove filter Call', exact: false }).click();
    await page.getByRole('button', { name: 'Nudge 2 orders' }).click();
    await dialog.getByRole('button', { name: 'Nudge 2 orders' }).click();
    await outcome('requested 2').filter({ hasText: 'nudged 2' }).filter({ hasText: 'went on 2' }).waitFor();
    for (const orderId of others) {
      await row(orderId).getByText('went on').first().waitFor();
      expect((await shop.client.untilEnded(customer, orderId)).orderStatus).toBe('SUCCESS');
    }
    const operation = new URL(page.url()).searchParams.get('operation');
    await page.goto(`${shop.url}/console/failed?operation=${operation}`);
    await page.getByText('2 orders of it went on.', { exact: false }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/stuck');
    await outcome('went on 2').waitFor();
    await expectSound();
  });

  it.each(LOOKS)('are whole in %j', async (look) => {
    const [orderId] = (await stuckOrders(shop, customer, 1)) as [string];
    const { page, row, expectSound } = await open('/stuck?olderThan=0', look);
    await row(orderId)
      .getByText(look.language === 'ko' ? '결제' : 'debit the wallet')
      .waitFor();
    await expectSound();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').locator('dl').waitFor();
    await expectSound();
    await shop.start('wallet');
    expect((await shop.client.untilEnded(customer, orderId)).orderStatus).toBe('SUCCESS');
  });

  it('are not known while the order service is away, and known again after', async () => {
    const { page, expectSound } = await open('/stuck');
    await page.getByText('Nothing is stuck', { exact: false }).waitFor();
    await shop.terminate('order');
    await page.getByText('The order service does not answer', { exact: false }).waitFor();
    await page.getByRole('alert').waitFor();
    await expectSound();
    await shop.start('order');
    await page.getByText('Nothing is stuck', { exact: false }).waitFor();
  });
});
