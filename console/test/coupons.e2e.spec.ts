import { describe, expect, it } from '@jest/globals';
import { expected, shareShop, type Customer, type Problem, type Shop } from '@jangteo/testkit';
import type { Page } from 'playwright-core';
import { AWAY, LOOKS, stageOf, viewerOf } from './stage.js';

type Coupon = Awaited<ReturnType<Shop['client']['createCoupon']>>;

const NAME = '개점 기념 Opening week';
const LIST = `/coupons?q=${encodeURIComponent(NAME)}`;

let shop: Shop;
let holders: Customer[];
let coupon: Coupon;
const { open, openAnswered, openHeld } = stageOf(shareShop, async (opened) => {
  shop = opened;
  const { client } = shop;
  coupon = await client.createCoupon({ name: NAME, totalQuantity: 3 });
  holders = [await client.register(), await client.register()];
  for (const holder of holders) await client.issue(holder, coupon.couponId);
});

const pathOf = ({ couponId }: Coupon): string => `/coupons/${couponId}`;

const issueTo = (customer: Customer, { couponId }: Coupon) =>
  shop.client.post<Problem>(`/coupons/${couponId}/issue`, undefined, { token: customer.token });

/** Chooses what can be done with a coupon, and the dialog that asks for it. */
async function choose(page: Page, action: string) {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: action }).click();
  const dialog = page.getByRole('dialog', { name: action });
  return { dialog, confirm: () => dialog.getByRole('button', { name: action }).click() };
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('name'));

describe('the list of coupons', () => {
  it.each([{}, ...LOOKS])('is whole in %j, and so is one of them', async (look) => {
    const { page, row, expectSound } = await open(LIST, look);
    await row(NAME).getByText('2 / 3').waitFor();
    await expectSound();
    await row(NAME).getByRole('link').click();
    await page.getByRole('heading', { name: NAME, level: 1 }).waitFor();
    await row(holders[0]!.userId.slice(0, 8)).first().waitFor();
    await expectSound();
  });

  it('says that there are none, and which command makes one', async () => {
    const { page, expectSound } = await openAnswered('/coupons', '/admin/coupons', []);
    await page.getByText('There are no coupons yet.').waitFor();
    await page.getByText('npx jangteo coupons create --help').waitFor();
    await expectSound();
  });

  it('says that nothing passes its filters, and takes them away', async () => {
    const { page, row, expectSound } = await open('/coupons?status=SUSPENDED&q=nothing%20of%20the%20kind');
    await page.getByText('No coupon matches these filters.').waitFor();
    await page.getByRole('button', { name: 'Remove filter State: Suspended' }).waitFor();
    await expectSound();
    await page.getByRole('main').getByRole('button', { name: 'Clear filters' }).last().click();
    await row(NAME).waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('hands itself on with its filters', async () => {
    const other = await shop.client.createCoupon({ name: 'Of another week' });
    const { window, page, row } = await open(LIST);
    await row(NAME).waitFor();
    const copying = page.getByRole('menuitem', { name: 'Copy as Markdown' });
    await page.getByRole('button', { name: 'Share' }).click();
    await copying.click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain(`| ${NAME} |`);
    expect(copied).not.toContain(other.name);
    const letGo = await window.hold('/admin/coupons');
    await page.getByRole('searchbox', { name: 'Name contains' }).fill(other.name);
    await page.keyboard.press('Enter');
    // What was asked for before stays meanwhile, and says so.
    await page
      .locator('[aria-busy=true]')
      .filter({ has: row(NAME) })
      .waitFor();
    await page.getByRole('button', { name: 'Share' }).click();
    expect(await copying.getAttribute('aria-disabled')).toBe('true');
    letGo();
    await row(other.name).waitFor();
    expect(await page.locator('[aria-busy=true]').count()).toBe(0);
  });

  it('holds the place of what it waits for', async () => {
    const { row, letGo, expectSound } = await openHeld(LIST, '/admin/coupons');
    await expectSound();
    letGo();
    await row(NAME).waitFor();
  });

  it('says what is away, and goes on when it is back', async () => {
    const { window, page, row, expectSound } = await open(LIST);
    await row(NAME).waitFor();
    const goOn = await window.answer('/admin/coupons', 503, AWAY);
    await page.getByRole('alert').getByText('SERVICE_UNAVAILABLE').waitFor();
    await row(NAME).waitFor();
    await expectSound();
    await goOn();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await row(NAME).waitFor();
  });

  it('lets viewers look, and tells them which role may make one', async () => {
    const { page, row, expectSound } = await open(LIST, {}, await viewerOf(shop));
    await row(NAME).waitFor();
    const create = page.getByRole('button', { name: 'New coupon' });
    expect(await create.getAttribute('aria-disabled')).toBe('true');
    expect(await create.getAttribute('title')).toBe('Needs the role operator');
    await expectSound();
  });
});

describe('a new coupon', () => {
  it('is there with what was asked for', async () => {
    const { page, expectSound } = await open('/coupons');
    await page.getByRole('button', { name: 'New coupon' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Three thousand off');
    await dialog.getByLabel('Amount, or percent').fill('3000');
    await dialog.getByLabel('Places').fill('30');
    await dialog.getByLabel('For orders of at least').fill('20000');
    await dialog.getByLabel('Issued from').fill('2099-03-01T10:00');
    await dialog.getByLabel('Issued until').fill('2099-03-01T09:00');
    await dialog.getByRole('button', { name: 'New coupon' }).click();
    await dialog.getByRole('link', { name: 'Issued until' }).waitFor();
    expect(await focused(page)).toBe('issueEndsAt');
    await dialog.getByLabel('Issued until').fill('2099-03-01T11:00');
    await expectSound();
    await dialog.getByRole('button', { name: 'New coupon' }).click();
    await page.getByRole('heading', { name: 'Three thousand off', level: 1 }).waitFor();
    // The clock of this browser is nine hours ahead of UTC.
    await page.locator('time[datetime="2099-03-01T01:00:00.000Z"]').waitFor();
    await page.getByText('Not yet').waitFor();
    await page.getByText('Nobody has got this coupon yet.').waitFor();
    await page.getByText('₩20,000').waitFor();
    await page.getByText('0 / 30').waitFor();
    await expectSound();
  });

  it.each([{ language: 'en' }, { language: 'ko', theme: 'dark', width: 390 }] as const)(
    'that cannot be is not made, and what is wrong leads to its field, in %j',
    async (look) => {
      const isKorean = look.language === 'ko';
      const [create, value, places] = isKorean
        ? ['새 쿠폰', '금액 또는 비율', '수량']
        : ['New coupon', 'Amount, or percent', 'Places'];
      const { page, expectSound } = await open('/coupons', look);
      await page.getByRole('button', { name: create }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(isKorean ? '이름' : 'Name').fill('Half as much again');
      await dialog.getByLabel(isKorean ? '할인 방식' : 'Takes off').selectOption('PERCENT');
      await dialog.getByLabel(value).fill('150');
      await dialog.getByLabel(places).fill('10');
      await dialog.getByRole('button', { name: create }).click();
      await dialog.getByRole('alert').getByText('VALIDATION_FAILED').waitFor();
      expect(await focused(page)).toBe('discountValue');
      await expectSound();
      await dialog.getByLabel(value).fill('15');
      await dialog.getByLabel(places).fill('0');
      await dialog.getByRole('button', { name: create }).click();
      await dialog.getByRole('link', { name: places }).waitFor();
      expect(await focused(page)).toBe('totalQuantity');
      const isInvalid = [value, places].map((name) => dialog.getByLabel(name).getAttribute('aria-invalid'));
      expect(await Promise.all(isInvalid)).toEqual(['false', 'true']);
      await dialog.getByLabel(value).focus();
      await dialog.getByRole('link', { name: places }).click();
      expect(await focused(page)).toBe('totalQuantity');
      await dialog.getByLabel(places).fill('10');
      await dialog.getByRole('button', { name: create }).click();
      await page.getByRole('heading', { name: 'Half as much again', level: 1 }).waitFor();
      await page.getByText('15 %').waitFor();
    },
  );
});

describe('a coupon', () => {
  it('shows who holds which place, and is taken back from one of them', async () => {
    const { page, row, expectSound } = await open(pathOf(coupon));
    const [first, second] = holders.map(({ userId }) =>
      page.locator('tbody tr').filter({ has: page.locator(`a[href$="${userId}"]`) }),
    );
    expect(await first!.getByRole('cell').first().innerText()).toBe('1');
    expect(await second!.getByRole('cell').first().innerText()).toBe('2');
    await page.getByRole('button', { name: 'Take back: 1' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Place 1 stays taken', { exact: false }).waitFor();
    await expectSound();
    await dialog.getByRole('button', { name: 'Take back' }).click();
    await page.getByText('It is taken back.').waitFor();
    await first!.getByText('taken back').waitFor();
    await second!.getByText('Usable').waitFor();
    expect(await row('taken back').count()).toBe(1);
    await expectSound();
  });

  it('is given to a customer, and to nobody that there is not', async () => {
    const given = await shop.client.createCoupon({ name: 'For one customer' });
    const friend = await shop.client.register();
    const { page, row, expectSound } = await open(pathOf(given));
    const { dialog, confirm } = await choose(page, 'Give it to a customer');
    await dialog.getByLabel('Id of the customer').fill('a friend of mine');
    await confirm();
    await dialog.getByRole('link', { name: 'Id of the customer' }).waitFor();
    await expectSound();
    await dialog.getByLabel('Id of the customer').fill(friend.userId);
    await confirm();
    await page.getByText('The customer has it.').waitFor();
    await row(friend.userId.slice(0, 8)).waitFor();
  });

  it('is issued no more once it is suspended, and again when it goes on', async () => {
    const late = await shop.client.register();
    const stopped = await shop.client.createCoupon({ name: 'Stopped for a while' });
    const { page, expectSound } = await open(pathOf(stopped));
    const suspending = await choose(page, 'Suspend the issue');
    await suspending.dialog.getByText('Those who have it can use it.', { exact: false }).waitFor();
    await expectSound();
    await suspending.confirm();
    await page.getByText('The issue is suspended.').waitFor();
    await page.locator('dl').getByText('Suspended').waitFor();
    expect((await issueTo(late, stopped)).body.code).toBe('COUPON_NOT_ISSUABLE');
    const resuming = await choose(page, 'Issue it again');
    await resuming.confirm();
    await page.getByText('It is issued again.').waitFor();
    expected(201, await issueTo(late, stopped));
    await page.getByText('1 / 100').waitFor();
    await expectSound();
  });

  it('is not written over by whoever has not seen what somebody else has changed', async () => {
    const contested = await shop.client.createCoupon({ name: 'Changed by two' });
    const { page, expectSound } = await open(pathOf(contested));
    const { dialog, confirm } = await choose(page, 'Change the places');
    const token = await shop.client.admin();
    const path = `/coupons/${contested.couponId}`;
    expected(200, await shop.client.patch(path, { totalQuantity: 70 }, { token }));
    await dialog.getByLabel('Places').fill('50');
    await confirm();
    await dialog.getByRole('alert').getByText('VERSION_CHANGED').waitFor();
    await expectSound();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('0 / 70').waitFor();
    const again = await choose(page, 'Change the places');
    await again.dialog.getByLabel('Places').fill('50');
    await again.confirm();
    await page.getByText('0 / 50').waitFor();
  });

  it('that there is not is said not to be there', async () => {
    const { page, expectSound } = await open('/coupons/01a229d0-0000-7000-8000-000000000000');
    await page.getByText('COUPON_NOT_FOUND').first().waitFor();
    await expectSound();
  });

  it('holds the place of what it waits for', async () => {
    const { page, letGo, expectSound } = await openHeld(pathOf(coupon), pathOf(coupon));
    await expectSound();
    letGo();
    await page.getByRole('heading', { name: NAME, level: 1 }).waitFor();
  });
});
