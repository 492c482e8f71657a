import { provideBrowser } from '@jangteo/infra';
import { chromium, type Browser, type Page } from 'playwright-core';
import { PICTURE_WIDTH, type Picture, type PictureLanguage } from './pictures.js';

/** Better ones weigh more and look the same. */
const QUALITY = 76;
/** A machine may have much else to do. */
const PATIENCE_MS = 120_000;
/** What is loaded, and services of which nothing was heard yet. */
const UNREADY = ['[aria-busy=true]', '[data-state=unknown]'];
const LOCALES: Record<PictureLanguage, string> = { en: 'en-GB', ko: 'ko-KR' };

/** A window of the console, as somebody with that language and that theme has it. */
export class View {
  private constructor(
    private readonly page: Page,
    private readonly picture: Picture,
  ) {}

  static async open(
    browser: Browser,
    address: string,
    picture: Picture,
    language: PictureLanguage,
  ): Promise<View> {
    const context = await browser.newContext({
      viewport: { width: PICTURE_WIDTH, height: picture.height },
      colorScheme: picture.theme,
      locale: LOCALES[language],
      timezoneId: 'Asia/Seoul',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(address);
    return new View(page, picture);
  }

  /** The picture, once all that belongs to it is there. */
  async shoot(): Promise<Buffer> {
    const { page } = this;
    await page.locator(this.picture.shows).first().waitFor({ state: 'attached' });
    for (const unready of UNREADY) await page.locator(unready).first().waitFor({ state: 'detached' });
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    const devtools = await page.context().newCDPSession(page);
    const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** @throws Error where this machine has no browser */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.BROWSER || (await provideBrowser());
  if (executablePath === undefined)
    throw new Error('this machine has no Chromium, and none can be installed');
  // Whoever opened it closes it, with all else: by itself it would end the process at once.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], ...signals });
}
