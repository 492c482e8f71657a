import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { assertBooks, eventually, startShop, type Customer, type Shop } from '@jangteo/testkit';
import type { Look } from './browser.js';
import {
  BAD_PRICE,
  breakDebits,
  dropAll,
  HELPLESS,
  ordered,
  outcomesOn,
  sendPoison,
  untilPutAside,
} from './harm.js';
import { LOOKS, stageOf, viewerOf } from './stage.js';

let shop: Shop;
let customer: Customer;
const stage = stageOf(
  () => startShop(HELPLESS),
  async (opened) => {
    shop = opened;
    customer = await shop.client.register(1_000_000);
  },
);
afterEach(async () => {
  await dropAll(shop);
  await assertBooks(shop);
});

async function open(path: string, look?: Look, who?: Customer) {
  const opened = await stage.open(path, look, who);
  return { ...opened, outcome: outcomesOn(opened.page) };
}

const INVALID = JSON.stringify({ orderId: randomUUID(), userId: randomUUID(), amount: -5, token: 'hush' });
const OF_INVALID = '/failed?view=waiting&service=wallet&type=wallet.debit&reason=invalid-payload';

const sendInvalid = () => sendPoison(shop, ['wallet', 'commands', 'wallet.debit'], INVALID);

describe('groups of failed messages', () => {
  it('say that there are none, and which command lists them', async () => {
    const { page, expectSound } = await open('/failed');
    await page.getByText('No message waits', { exact: false }).waitFor();
    await page.getByText('npx jangteo dead-letters list').waitFor();
    await expectSound();
  });

  it('are shown with what is wrong, and opened by keys alone', async () => {
    await sendPoison(shop, ['catalog', 'commands', 'catalog.release-stock'], 'not json');
    await sendInvalid();
    await sendInvalid();
    await untilPutAside(shop, 3);
    const { page, row, expectSound } = await open('/orders');
    await page.getByRole('heading', { name: 'Orders' }).waitFor();
    // One key after the other within a second, which a machine with much else to do may miss.
    await eventually(async () => {
      await page.keyboard.press('g');
      await page.keyboard.press('m');
      return new URL(page.url()).pathname === '/console/failed';
    });
    await row('catalog.release-stock').getByText('not readable').waitFor();
    await row('wallet.debit').getByRole('button', { name: 'Send 2 messages again' }).waitFor();
    await expectSound();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'All groups' }).waitFor();
    expect(new URL(page.url()).searchParams.get('reason')).toBe('invalid-payload');
    await page.getByRole('button', { name: 'Send 2 messages again' }).waitFor();
    await row('wallet.debit').nth(1).waitFor();
    await expectSound();
  });

  it('keep a note, and whether they are muted', async () => {
    await sendInvalid();
    await untilPutAside(shop, 1);
    const { page, row, expectSound } = await open('/failed');
    const menu = row('wallet.debit').getByRole('button', { name: 'More for wallet.debit' });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Write a note' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('sent by the old till');
    await expectSound();
    await page.getByRole('button', { name: 'Save the note' }).click();
    await row('sent by the old till').waitFor();
    await menu.click();
    await page.getByRole('menuitem', { name: 'Mute the group' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Mute the group' }).click();
    await row('wallet.debit').getByText('Muted').waitFor();
    await expectSound();
    await menu.click();
    await page.getByRole('menuitem', { name: 'Edit the note' }).click();
    await page.getByRole('button', { name: 'Remove the note' }).click();
    await row('sent by the old till').waitFor({ state: 'detached' });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Unmute the group' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unmute the group' }).click();
    await row('wallet.debit').getByText('Muted').waitFor({ state: 'detached' });
  });

  it('hold the place of what they wait for', async () => {
    const { page, letGo, expectSound } = await stage.openHeld('/failed', '/admin/dead-letters/groups');
    await expectSound();
    letGo();
    await page.getByText('No message waits', { exact: false }).waitFor();
  });

  it('are those of the services that answer, and the one that does not is named', async () => {
    await sendInvalid();
    await untilPutAside(shop, 1);
    await shop.terminate('coupon');
    const { page, row, expectSound } = await open('/failed');
    await row('wallet.debit').waitFor();
    await page.getByText('No answer from coupon', { exact: false }).waitFor();
    await expectSound();
    await shop.start('coupon');
    await page.getByText('No answer from coupon', { exact: false }).waitFor({ state: 'detached' });
    await row('wallet.debit').waitFor();
  });
});

describe('a failed message', () => {
  it('shows which rule refused it, what is in it but its secrets, and that it would come back', async () => {
    await sendInvalid();
    await untilPutAside(shop, 1);
    const { page, row, expectSound } = await open(OF_INVALID);
    await row('wallet.debit').click();
    const pane = page.getByRole('dialog');
    const rule = pane.getByRole('region', { name: 'Which rule refused it' });
    await rule.getByRole('row').filter({ hasText: 'amount' }).getByText('-5').first().waitFor();
    const body = pane.getByRole('region', { name: 'Body' });
    await body.getByText('••••••', { exact: false }).waitFor();
    expect(await body.innerText()).not.toContain('hush');
    await pane.getByRole('region', { name: 'Headers and properties' }).getByText('of-a-test').waitFor();
    await pane.getByText('wallet refuses it by the same rule', { exact: false }).waitFor();
    await pane.getByText('This was the first try.').waitFor();
    await expectSound();
  });

  it('is dropped with a reason, which stays at its row', async () => {
    await sendInvalid();
    const [letter] = await untilPutAside(shop, 1);
    const { page, row, expectSound } = await open(OF_INVALID);
    await row('wallet.debit').click();
    const pane = page.getByRole('dialog');
    await pane.getByRole('button', { name: 'Drop' }).click();
    await pane.getByLabel('Why').fill('the old till is gone');
    await expectSound();
    await pane.getByRole('button', { name: 'Drop the message' }).click();
    await pane.getByText('It was dropped', { exact: false }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Dropped: the old till is gone').waitFor();
    await expectSound();
    await page.goto(`${shop.url}/console/failed?view=dropped`);
    await row(letter!.deadLetterId.slice(0, 8)).waitFor();
  });

  it('of a client is never sent again, and says why', async () => {
    await sendPoison(shop, ['wallet', 'requests', 'wallet.charge'], '{}');
    const [letter] = await untilPutAside(shop, 1);
    const { page, expectSound } = await open(`/failed?letter=${letter!.deadLetterId}`);
    const pane = page.getByRole('dialog');
    await pane.getByText('Nobody waits for it', { exact: false }).waitFor();
    const send = pane.getByRole('button', { name: 'Send 1 message again' });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await expectSound();
  });

  it('that there is not is said not to be there', async () => {
    const { page, expectSound } = await open(`/failed?letter=${randomUUID()}`);
    await page.getByText('No service has a message under this id', { exact: false }).waitFor();
    await expectSound();
  });

  it('is looked at by viewers too, who are told what they may not do', async () => {
    await sendInvalid();
    await untilPutAside(shop, 1);
    const { row } = await open('/failed', {}, await viewerOf(shop));
    const send = row('wallet.debit').getByRole('button', { name: 'Send 1 message again' });
    await send.waitFor();
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    expect(await send.getAttribute('title')).toBe('Needs the role operator');
  });
});

describe('sending again', () => {
  it('says of a group what took effect, and keeps that at its row', async () => {
    const mend = await breakDebits(shop);
    const orderIds = await ordered(shop, customer, 3, BAD_PRICE);
    await untilPutAside(shop, 3);
    await mend();
    const { page, row, outcome, expectSound } = await open('/failed');
    await row('wallet.debit').getByRole('button', { name: 'Send 3 messages again' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Each takes effect once at most', { exact: false }).waitFor();
    await dialog.getByText('If what failed is not mended, it comes back.').waitFor();
    await expectSound();
    await dialog.getByRole('button', { name: 'Send 3 messages again' }).click();
    await outcome('requested 3').filter({ hasText: 'sent 3' }).filter({ hasText: 'took effect 3' }).waitFor();
    for (const orderId of orderIds) {
      expect((await shop.client.untilEnded(customer, orderId)).orderStatus).toBe('SUCCESS');
    }
    await row('wallet.debit').filter({ hasText: 'Nothing of it waits' }).waitFor();
    await expectSound();
    await page.getByText('Calls').getByRole('link').click();
    const pane = page.getByRole('dialog', { name: 'What came of a call' });
    await pane.getByText('took effect 3').waitFor();
    await expectSound();
    const operation = new URL(page.url()).searchParams.get('operation');
    await page.reload();
    await page.getByRole('dialog').getByText('took effect 3').waitFor();
    expect(new URL(page.url()).searchParams.get('operation')).toBe(operation);
  });

  it('says of one that it came back, and the new one tells of it', async () => {
    const mend = await breakDebits(shop);
    const [orderId] = await ordered(shop, customer, 1, BAD_PRICE);
    await untilPutAside(shop, 1);
    const { page, row, outcome, expectSound } = await open('/failed?view=waiting');
    await row('wallet.debit').click();
    const pane = page.getByRole('dialog');
    await pane.getByText('wallet has not decided it yet', { exact: false }).waitFor();
    await pane.getByRole('button', { name: 'Send 1 message again' }).dblclick();
    await outcome('came back 1').first().waitFor();
    await pane.getByText('It was sent again already.').waitFor();
    await expectSound();
    await mend();
    await page.keyboard.press('Escape');
    await pane.waitFor({ state: 'detached' });
    await outcome('came back 1').waitFor();
    const again = row('wallet.debit').filter({ hasText: 'Waiting' });
    await page.getByRole('button', { name: '1 new [show]' }).or(again).first().waitFor();
    if ((await again.count()) === 0) await page.getByRole('button', { name: '1 new [show]' }).click();
    await again.click();
    const earlier = pane.getByRole('region', { name: 'Earlier tries' }).getByRole('listitem');
    await earlier.nth(1).getByText('Sent again').waitFor();
    expect(await earlier.count()).toBe(2);
    await pane.getByRole('button', { name: 'Send 1 message again' }).click();
    await pane.getByText('took effect 1').waitFor();
    expect((await shop.client.untilEnded(customer, orderId!)).orderStatus).toBe('SUCCESS');
  });
});

describe('failed messages', () => {
  it.each(LOOKS)('are whole in %j', async (look) => {
    await sendInvalid();
    await untilPutAside(shop, 1);
    const { page, row, expectSound } = await open('/failed', look);
    const reason = look.language === 'ko' ? '올바르지 않은 내용' : 'content not valid';
    await row('wallet.debit').getByText(reason).waitFor();
    await expectSound();
    await row('wallet.debit').click({ position: { x: 20, y: 20 } });
    await page.getByRole('heading', { name: reason }).waitFor();
    await row('wallet.debit').waitFor();
    await expectSound();
    await row('wallet.debit').click({ position: { x: 20, y: 20 } });
    await page.getByRole('dialog').locator('pre').first().waitFor();
    await expectSound();
  });
});
