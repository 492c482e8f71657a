import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { provideBrowser } from '@jangteo/infra';
import { expected, type Customer, type Shop } from '@jangteo/testkit';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** How somebody looks at the console. */
export interface Look {
  readonly theme?: 'light' | 'dark';
  readonly language?: 'ko' | 'en';
  readonly width?: number;
}

/** What is used of axe-core, which runs in the page. */
interface Axe {
  run(
    root: Document,
    options: object,
  ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
}

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The engine that looks for what keeps people out, as text: the page's policy lets no script of others in. */
const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A window of the console, and all that went wrong in it by itself. */
export class Window {
  /** What the browser complained of: errors, and what the page's policy forbade. */
  readonly complaints: string[] = [];
  /** Requests to any other origin than the shop's. */
  readonly strays: string[] = [];

  constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly origin: string,
  ) {
    // On a machine with much else to do everything takes longer, and a test waits for nothing but conditions.
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // A refused or failed request is what some tests are about.
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isAnswer) this.complaints.push(message.text());
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !url.startsWith('blob:')) this.strays.push(url);
    });
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.origin}/console${path}`);
  }

  /** What keeps people out (WCAG 2.2 AA), what reaches beyond the window, and all that went wrong so far. */
  async faults(): Promise<string[]> {
    await this.page.evaluate(await axe);
    const found = await this.page.evaluate(async (values) => {
      const { axe: engine } = globalThis as unknown as { axe: Axe };
      const { violations } = await engine.run(document, { runOnly: { type: 'tag', values } });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
      );
    }, WCAG);
    const beyond = await this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    return [
      ...found,
      ...(beyond > 0 ? [`${beyond} px reach beyond the window`] : []),
      ...this.complaints,
      ...this.strays.map((url) => `asked ${url}`),
    ];
  }

  /** Holds the answers to a path back until it is let go. */
  async hold(path: string): Promise<() => void> {
    let letGo = (): void => undefined;
    const free = new Promise<void>((resolve) => (letGo = resolve));
    await this.page.route(
      (url) => url.pathname === path,
      async (route) => {
        await free;
        await route.continue();
      },
    );
    return letGo;
  }

  /** Answers a path in the shop's stead, until it is told not to. */
  async answer(path: string, status: number, body: object): Promise<() => Promise<void>> {
    const isIt = (url: URL): boolean => url.pathname === path;
    await this.page.route(isIt, (route) => route.fulfill({ status, json: body }));
    return () => this.page.unroute(isIt);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** The path with a link that logs somebody in there, once. The admin unless told. */
export async function logsInAt({ client }: Shop, path: string, who?: Customer): Promise<string> {
  const token = who?.token ?? (await client.admin());
  const link = await client.post<{ loginToken: string }>('/auth/console/links', undefined, { token });
  return `${path}#login=${expected(201, link).loginToken}`;
}

/** The browser of a test file. */
export class ConsoleBrowser {
  private constructor(private readonly browser: Browser) {}

  static async open(): Promise<ConsoleBrowser> {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
    const executablePath = process.env['BROWSER'] ?? (await provideBrowser());
    if (executablePath === undefined) throw new Error('this machine has no Chromium');
    return new ConsoleBrowser(await chromium.launch({ executablePath, args }));
  }

  /** A window that nobody is logged in in. */
  async window(
    shop: Pick<Shop, 'url'>,
    { theme = 'light', language = 'en', width = 1440 }: Look = {},
  ): Promise<Window> {
    const context = await this.browser.newContext({
      viewport: { width, height: width < 720 ? 844 : 900 },
      colorScheme: theme,
      locale: language === 'ko' ? 'ko-KR' : 'en-US',
      timezoneId: 'Asia/Seoul',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    return new Window(await context.newPage(), context, shop.url);
  }

  /** A window in which somebody is logged in. */
  async openAt(shop: Shop, path: string, look: Look = {}, who?: Customer): Promise<Window> {
    const window = await this.window(shop, look);
    await window.goto(await logsInAt(shop, path, who));
    return window;
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
