import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  sampled,
  shareShop,
  START_DEADLINE_MS,
  type Customer,
  type Problem,
  type Shop,
} from '@jangteo/testkit';
import { pathOf, qrOf } from '../src/screens/race/qr.js';
import { ConsoleBrowser, type Look, type Window } from './browser.js';
import { AWAY } from './stage.js';

const [ASKING, PLACES] = [32, 20];
const LONG = 'A coupon for everybody who was patient enough to read all of its name '.repeat(3).slice(0, 199);
const PHONE_KO: Look = { language: 'ko', theme: 'dark', width: 390 };
const NOBODYS = '01a229d0-0000-7000-8000-000000000000';
const PATIENCE = { deadlineMs: 120_000 };
const CROWD = 'More are watching than the shop has room for.';

let shop: Shop;
let browser: ConsoleBrowser;
let people: Customer[];
let window: Window | undefined;

beforeAll(async () => {
  [shop, browser] = await Promise.all([shareShop(), ConsoleBrowser.open()]);
  people = await shop.client.registerMany(ASKING);
}, START_DEADLINE_MS);
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
});
afterEach(async () => {
  await window?.close();
  window = undefined;
});

const ask = async ({ token }: Customer, couponId: string): Promise<number> =>
  (await shop.client.post(`/coupons/${couponId}/issue`, undefined, { token })).status;

const askAll = (couponId: string) => Promise.all(people.map((one) => ask(one, couponId)));

async function change(couponId: string, to: object): Promise<void> {
  expected(200, await shop.client.patch(`/coupons/${couponId}`, to, { token: await shop.client.admin() }));
}

async function raced(draft: object = {}): Promise<string> {
  const { couponId } = await shop.client.createCoupon({ totalQuantity: PLACES, ...draft });
  await askAll(couponId);
  return couponId;
}

/** What a page has got by itself, streams too, as text, and in whose name it has asked. */
interface Got {
  readonly texts: string[];
  readonly names: string[];
}

/** A window of somebody who is not logged in. */
async function watch(couponId: string, look: Look = {}) {
  const opened = (window = await browser.window(shop, look));
  const { page } = opened;
  await page.addInitScript(() => {
    const got: Got = { texts: [], names: [] };
    const { fetch } = globalThis;
    globalThis.fetch = async (...asked) => {
      const response = await fetch(...asked);
      const read = async () => {
        const reader = response.clone().body!.pipeThrough(new TextDecoderStream()).getReader();
        for (let part = await reader.read(); !part.done; part = await reader.read())
          got.texts.push(part.value);
      };
      got.names.push(...(new Headers(asked[1]?.headers).get('authorization')?.split(' ').slice(1) ?? []));
      read().catch(() => undefined);
      return response;
    };
    Object.assign(globalThis, { got });
  });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await opened.goto(`/race/${couponId}`);
  const got = () => page.evaluate(() => (globalThis as unknown as { got: Got }).got);
  const check = (text: string) => page.getByRole('listitem').filter({ hasText: text });
  const expectSound = async () => expect(await opened.faults()).toEqual([]);
  return { page, asked, got, check, expectSound };
}

describe('the page of a race for everybody', () => {
  it('goes with a race from its countdown to its proof, and gets nothing of anybody', async () => {
    const issueStartsAt = new Date(Date.now() + 90 * 60_000).toISOString();
    const { couponId } = await shop.client.createCoupon({ totalQuantity: PLACES, issueStartsAt });
    const { page, asked, got, check, expectSound } = await watch(couponId);
    const clock = page.getByRole('timer', { name: 'Opens in' });
    await clock.getByText(/^01:\d\d:\d\d$/).waitFor();
    const before = await clock.innerText();
    await page.waitForFunction(
      (text) => document.querySelector('[role=timer]')?.textContent !== text,
      before,
    );
    await page.getByText('Nobody has a place yet.').waitFor();
    await expectSound();
    // Asked too early: they are answered, and get nothing.
    expect(await ask(people[0]!, couponId)).toBe(409);
    await page.getByText('1 while it was closed').waitFor();
    await change(couponId, { issueStartsAt: null });
    await page.getByText(`${PLACES} places left`).waitFor();
    const statuses = await askAll(couponId);
    expect(statuses.filter((status) => status === 201)).toHaveLength(PLACES);
    await page.getByText('All places taken').waitFor();
    await page.getByText(`${PLACES} got a place`).waitFor();
    await page.getByText(`${ASKING - PLACES} too late`).waitFor();
    await page.getByText('It holds').waitFor();
    await check('As many were issued as the highest place says').getByText(`${PLACES} = ${PLACES}`).waitFor();
    await check('none of them missing').getByText(`${PLACES} = ${PLACES}`).waitFor();
    await check('one for each').getByText(`${PLACES} = ${PLACES}`).waitFor();
    await check('No more than there are').getByText(`${PLACES} ≤ ${PLACES}`).waitFor();
    await page
      .getByRole('row')
      .filter({ hasText: /^20\s*\d\d:\d\d:\d\d\.\d{3}$/ })
      .waitFor();
    await page.getByText(/A place is the order in which the shop processed/).waitFor();
    await expectSound();
    const { texts, names } = await got();
    const seen = texts.join('') + (await page.content());
    expect(texts.join('')).toContain('"remainingQuantity":0');
    const personal = people.flatMap(({ userId, email, token }) => [userId, email, token]);
    expect(personal.filter((one) => seen.includes(one))).toEqual([]);
    expect(names).toEqual([]);
    const paths = new Set(asked.filter((path) => !path.startsWith('/console/')));
    expect([...paths].toSorted()).toEqual(
      ['', '/live', '/places'].map((rest) => `/coupons/${couponId}${rest}`),
    );
  });

  it.each(
    sampled<Look>('race', [{}, { theme: 'dark', width: 1024 }, PHONE_KO, { width: 1920, language: 'ko' }], 1),
  )('is whole in %j, however long the name', async (look) => {
    const { page, expectSound } = await watch(await raced({ name: LONG }), look);
    await page.getByText(look.language === 'ko' ? '맞습니다' : 'It holds').waitFor();
    await page.getByRole('heading', { level: 1, name: LONG.trim() }).waitFor();
    await expectSound();
  });

  it('has a code of its own address, and of nothing that is only in mine', async () => {
    const couponId = await raced();
    const { page } = await watch(`${couponId}?from=mail#login=x`);
    const code = page.getByRole('img', { name: 'QR code of the address of this page' }).locator('path');
    const address = `${shop.url}/console/race/${couponId}`;
    expect(await code.getAttribute('d')).toBe(pathOf(qrOf(address)!));
    await page.getByText(address, { exact: true }).waitFor();
  });

  it('tells those who took part their own place, once they ask for it', async () => {
    const { couponId } = await shop.client.createCoupon({ totalQuantity: 2 });
    for (const one of people.slice(0, 3)) await ask(one, couponId);
    const { page, expectSound } = await watch(couponId, { language: 'ko' });
    const logIn = async ({ email, password }: Customer) => {
      await page.getByRole('button', { name: '내 순번 보기' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('이메일').fill(email);
      await expectSound();
      await dialog.getByLabel('비밀번호').fill(password);
      await dialog.getByRole('button', { name: '로그인' }).click();
    };
    await logIn(people[1]!);
    await page.getByText('당신은 2번째입니다').waitFor();
    await expectSound();
    // Whoever comes again is known by the cookie.
    await page.reload();
    await page.getByRole('button', { name: '내 순번 보기' }).click();
    await page.getByText('당신은 2번째입니다').waitFor();
    await page.route('**/auth/console/logout', (route) => route.abort(), { times: 1 });
    await page.getByRole('button', { name: '로그아웃' }).click();
    await page.getByRole('alert').getByText('아직 로그아웃되지 않았습니다.', { exact: false }).waitFor();
    await expectSound();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    await logIn(people[2]!);
    await page.getByText('아직 받은 순번이 없습니다.').waitFor();
    await expectSound();
  });

  it('does not say that there is no place of somebody with more coupons than it looks through', async () => {
    const { couponId } = await shop.client.createCoupon({ totalQuantity: 2 });
    const { page, expectSound } = await watch(couponId);
    const json = Array.from({ length: 100 }, () => ({ couponId: NOBODYS, sequence: 1 }));
    await page.route(/\/coupons\/mine\?/, (route) =>
      route.fulfill({ json, headers: { link: '</coupons/mine?cursor=more>; rel="next"' } }),
    );
    await page.getByRole('button', { name: 'Show my place' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail').fill(people[0]!.email);
    await dialog.getByLabel('Password').fill(people[0]!.password);
    await dialog.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Not among the latest 500 coupons of this account', { exact: false }).waitFor();
    await expectSound();
  });

  it.each([NOBODYS, 'nonsense', '%EC%9E%A5%ED%84%B0'])('says that there is no coupon %s', async (id) => {
    const { page, expectSound } = await watch(id);
    await page.getByRole('heading', { level: 1, name: 'There is no such coupon' }).waitFor();
    await expectSound();
  });

  it('says that a coupon is suspended, and that it is over', async () => {
    const { couponId } = await shop.client.createCoupon({ totalQuantity: 10_000 });
    const { page, expectSound } = await watch(couponId, { theme: 'dark' });
    await page.getByText('10,000 places left').waitFor();
    await change(couponId, { status: 'SUSPENDED' });
    await page.getByText('Whoever runs the shop has suspended it.', { exact: false }).waitFor();
    await expectSound();
    const issueEndsAt = new Date(Date.now() + 5_000).toISOString();
    await change(couponId, { status: 'ISSUABLE', issueEndsAt });
    await page.getByText('It is over: 0 of 10,000 places were given.').waitFor();
    await expectSound();
  });

  it('does not say that it holds where a place is missing', async () => {
    const couponId = await raced();
    const { page, check, expectSound } = await watch(NOBODYS);
    await page.route('**/places', async (route) => {
      const response = await route.fetch();
      const places = (await response.json()) as { heldPlaces: number };
      await route.fulfill({ response, json: { ...places, heldPlaces: places.heldPlaces - 1 } });
    });
    await page.goto(`${shop.url}/console/race/${couponId}`);
    await page.getByText('It does not hold').waitFor();
    await check('none of them missing')
      .getByText(`${PLACES - 1} ≠ ${PLACES}`)
      .waitFor();
    await expectSound();
  });

  it.each([
    [503, 'SERVICE_UNAVAILABLE'],
    [429, 'RATE_LIMITED'],
  ])('is read now and then where there is no room for a stream (%d)', async (status, code) => {
    const { couponId } = await shop.client.createCoupon({ totalQuantity: PLACES });
    const { page, expectSound } = await watch(NOBODYS);
    const problem: Partial<Problem> = { type: 'about:blank', title: 'Full', status, code };
    await page.route('**/live', (route) =>
      route.fulfill({
        status,
        contentType: 'application/problem+json',
        headers: { 'retry-after': '1' },
        body: JSON.stringify(problem),
      }),
    );
    await page.goto(`${shop.url}/console/race/${couponId}`);
    const crowd = page.getByText(CROWD, { exact: false });
    await crowd.waitFor();
    await page.getByText(`${PLACES} places left`).waitFor();
    await expectSound();
    expect(await ask(people[0]!, couponId)).toBe(201);
    await page.getByText(`${PLACES - 1} places left`).waitFor();
    // There is room again.
    await page.unroute('**/live');
    await crowd.waitFor({ state: 'hidden' });
    expect(await ask(people[1]!, couponId)).toBe(201);
    await page.getByText(`${PLACES - 2} places left`).waitFor();
  });

  it('keeps what it has while the shop is away, and goes on by itself', async () => {
    const { couponId } = await shop.client.createCoupon({ totalQuantity: PLACES });
    const { page, expectSound } = await watch(couponId, PHONE_KO);
    await page.getByText(`${PLACES}자리 남았습니다`).waitFor();
    await shop.kill('gateway');
    try {
      await page.getByText(/^다시 연결하는 중… \d+번째$/).waitFor();
      await page.getByText(`${PLACES}자리 남았습니다`).waitFor();
      await expectSound();
    } finally {
      await shop.start('gateway');
    }
    await page.getByText(/^실시간/).waitFor();
    expect(await ask(people[0]!, couponId)).toBe(201);
    await page.getByText(`${PLACES - 1}자리 남았습니다`).waitFor();
  });

  it('takes a service that is away for no crowd', async () => {
    const { couponId } = await shop.client.createCoupon({ totalQuantity: PLACES });
    const { page, expectSound } = await watch(NOBODYS);
    // It goes away once the coupon was read.
    let reads = 0;
    await page.route(`**/coupons/${couponId}`, (route) =>
      (reads += 1) === 1 ? route.continue() : route.fulfill({ status: 503, json: AWAY }),
    );
    let goAway = (): void => undefined;
    const away = new Promise<void>((resolve) => (goAway = resolve));
    await page.route('**/live', async (route) => {
      await away;
      await route.fulfill({ status: 503, json: AWAY });
    });
    await page.goto(`${shop.url}/console/race/${couponId}`);
    await page.getByText(`${PLACES} places left`).waitFor();
    await page.evaluate((text) => {
      const look = () => {
        if (document.body.innerText.includes(text)) Object.assign(globalThis, { hasSeenCrowd: true });
      };
      const changes = { subtree: true, childList: true, characterData: true };
      new MutationObserver(look).observe(document.body, changes);
    }, CROWD);
    goAway();
    await page.getByText(/^Reconnecting… try [3-9]$/).waitFor();
    await page.getByText(`${PLACES} places left`).waitFor();
    await expectSound();
    await page.unroute(`**/coupons/${couponId}`);
    await page.unroute('**/live');
    await page.getByText(/^Live/).waitFor();
    expect(await ask(people[0]!, couponId)).toBe(201);
    await page.getByText(`${PLACES - 1} places left`).waitFor();
    expect(await page.evaluate(() => 'hasSeenCrowd' in globalThis)).toBe(false);
  });

  it('asks on however often in vain, as nobody is there who would press a button', async () => {
    const couponId = await raced();
    const { page, expectSound } = await watch(NOBODYS);
    await page.clock.install();
    const refused = { coupon: 0, places: 0 };
    const refuse = (path: string, note: () => unknown = () => undefined) =>
      page.route(`**/coupons/${couponId}${path}`, async (route) => {
        note();
        await route.fulfill({ status: 503, json: AWAY });
      });
    await refuse('/live');
    await refuse('', () => (refused.coupon += 1));
    await refuse('/places', () => (refused.places += 1));
    await page.goto(`${shop.url}/console/race/${couponId}`);
    // Minutes go by, and each try of the page is two of its client.
    const later = () => page.clock.fastForward(60_000);
    await eventually(async () => {
      await later();
      return Math.min(refused.coupon, refused.places) > 20;
    }, PATIENCE);
    for (const path of ['', '/places']) await page.unroute(`**/coupons/${couponId}${path}`);
    const holds = page.getByText('It holds');
    await eventually(async () => {
      await later();
      return await holds.isVisible();
    }, PATIENCE);
    await page.getByRole('heading', { level: 1, name: 'Opening week' }).waitFor();
    await expectSound();
  });

  it('says which service is away where it has nothing yet, and begins once that is back', async () => {
    const { couponId } = await shop.client.createCoupon({ totalQuantity: PLACES });
    await shop.kill('coupon');
    const { page, expectSound } = await watch(couponId);
    const alert = page.getByRole('alert');
    try {
      await alert.getByText(/SERVICE_UNAVAILABLE|UPSTREAM_TIMEOUT/).waitFor();
      await expectSound();
    } finally {
      await shop.start('coupon');
    }
    await page.getByText(`${PLACES} places left`).waitFor();
    await alert.waitFor({ state: 'hidden' });
    await expectSound();
  });
});

describe('the race of a coupon in the console', () => {
  it.each(sampled<Look>('own race', [{}, PHONE_KO], 1))(
    'is behind the coupon, with the page for everybody, in %j',
    async (look) => {
      const couponId = await raced();
      window = await browser.openAt(shop, `/coupons/${couponId}`, look);
      const { page } = window;
      const ko = look.language === 'ko';
      await page.getByRole('link', { name: ko ? '선착순 현황' : 'Race' }).waitFor();
      await page.keyboard.press('w');
      await page
        .getByRole('heading', { level: 1, name: `${ko ? '선착순 현황' : 'Race'} · Opening week` })
        .waitFor();
      await page.getByText(ko ? '맞습니다' : 'It holds').waitFor();
      expect(await window.faults()).toEqual([]);
      const open = page.getByRole('link', { name: ko ? '관람 페이지' : 'Page for spectators' });
      expect(await open.getAttribute('href')).toBe(`${shop.url}/console/race/${couponId}`);
      await page.getByRole('link', { name: ko ? '쿠폰 보기' : 'The coupon' }).click();
      await page.getByRole('heading', { level: 1, name: 'Opening week', exact: true }).waitFor();
    },
  );

  it('says that there is none of an id that no coupon has', async () => {
    window = await browser.openAt(shop, `/coupons/${NOBODYS}/race`);
    await window.page.getByRole('heading', { level: 1, name: 'There is no such coupon' }).waitFor();
    expect(await window.faults()).toEqual([]);
  });
});
