import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { expected, sampled, START_DEADLINE_MS, type Customer, type Shop } from '@jangteo/testkit';
import type { Locator, Page } from 'playwright-core';
import { ConsoleBrowser, logsInAt, type Look, type Window } from './browser.js';

/** All that a page has to be in: both languages and themes, and every width at which it changes. */
export const LOOKS: readonly Look[] = sampled(
  'looks of pages',
  [
    { language: 'ko', theme: 'dark' },
    { language: 'ko', width: 390 },
    { language: 'en', width: 1024, theme: 'dark' },
  ],
  1,
);

/** What the gateway answers while a service is away. */
export const AWAY = {
  type: 'about:blank',
  title: 'A part of the shop is not available',
  status: 503,
  detail: 'The shop cannot answer this at the moment',
  code: 'SERVICE_UNAVAILABLE',
};

/** Somebody who may look at everything and change nothing. */
export async function viewerOf({ client }: Shop): Promise<Customer> {
  const person = await client.register();
  const path = `/admin/users/${person.userId}`;
  expected(200, await client.patch(path, { role: 'viewer' }, { token: await client.admin() }));
  return { ...person, token: await client.login(person) };
}

/** A window as a test looks at it. */
export interface Opened {
  readonly window: Window;
  readonly page: Page;
  /** The rows of tables in which something is written. */
  readonly row: (text: string) => Locator;
  /** Expects that nothing keeps people out, reaches beyond the window, or went wrong so far. */
  readonly expectSound: () => Promise<void>;
}

/** What the tests of a file share: see {@link stageOf}. */
export interface Stage {
  /** A window in which somebody is logged in: the admin unless told. */
  readonly open: (path: string, look?: Look, who?: Customer) => Promise<Opened>;
  /** The same, with the answers to a path held back, once the page holds the place of them. */
  readonly openHeld: (path: string, held: string, look?: Look) => Promise<Opened & { letGo: () => void }>;
  /** The same, with the answers to a path given in the shop's stead. */
  readonly openAnswered: (path: string, answered: string, body: object) => Promise<Opened>;
  /** A window that nobody is logged in in. */
  readonly openOutside: (path: string, look?: Look) => Promise<Opened>;
}

/**
 * A shop and a browser for the tests of a file, and the windows of each of them; all of it ends by itself.
 *
 * @param shopOf opens or takes the shop
 * @param prepare does in it what all tests need
 */
export function stageOf(shopOf: () => Promise<Shop>, prepare: (shop: Shop) => Promise<void>): Stage {
  let shop: Shop;
  let browser: ConsoleBrowser;
  const windows: Window[] = [];
  beforeAll(async () => {
    const [opened, started] = await Promise.allSettled([shopOf(), ConsoleBrowser.open()]);
    if (opened.status === 'fulfilled') shop = opened.value;
    if (started.status === 'fulfilled') browser = started.value;
    for (const one of [opened, started]) if (one.status === 'rejected') throw one.reason;
    await prepare(shop);
  }, START_DEADLINE_MS);
  afterEach(async () => {
    for (const window of windows.splice(0)) await window.close();
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.stop();
  });

  const shown = async (opening: Promise<Window>): Promise<Opened> => {
    const window = await opening;
    windows.push(window);
    const { page } = window;
    const row = (text: string) => page.locator('tbody tr').filter({ hasText: text });
    return { window, page, row, expectSound: async () => expect(await window.faults()).toEqual([]) };
  };

  return {
    open: (path, look, who) => shown(browser.openAt(shop, path, look, who)),
    async openHeld(path, held, look) {
      const opened = await shown(browser.window(shop, look));
      const letGo = await opened.window.hold(held);
      await opened.window.goto(await logsInAt(shop, path));
      await opened.page.locator('[data-skeleton=true]').first().waitFor();
      return { ...opened, letGo };
    },
    async openAnswered(path, answered, body) {
      const opened = await shown(browser.window(shop));
      await opened.window.answer(answered, 200, body);
      await opened.window.goto(await logsInAt(shop, path));
      return opened;
    },
    async openOutside(path, look) {
      const opened = await shown(browser.window(shop, look));
      await opened.window.goto(path);
      return opened;
    },
  };
}
