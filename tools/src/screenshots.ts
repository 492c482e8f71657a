import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { argumentsOf, interruptible, numberOf, report, runToEnd } from './program.js';
import { openBrowser, View } from './screenshots/camera.js';
import { Market } from './screenshots/market.js';
import { misuse } from './screenshots/misuse.js';
import {
  PICTURE_LANGUAGES,
  picturePath,
  PICTURES,
  PICTURES_DIR,
  type PictureName,
} from './screenshots/pictures.js';
import { Stack } from './stack/stack.js';
import { makeTestDir, removeTestDir } from './test-run.js';

const MINUTES = 10;

const help = `Usage: npm run screenshots [-- --minutes <n>]

Takes the pictures of the console in ${PICTURES_DIR}: starts a shop of its own, in which customers shop for a while, some
orders fail and some messages are not understood, and looks at it with Chromium, in English and in Korean. All pictures
are taken anew.

  --minutes <n>  how long the overview watches before it is taken (${MINUTES}): it draws ten minutes, as far as it saw them
  -h, --help
`;

const interruption = interruptible();

/** One audit a cell of the books' page, a little more than it shows in the time of a usual run. */
const gateway = { AUDIT_INTERVAL_SECONDS: '10' };
const quick = { ATTEMPTS_MAX: '1', DEAD_LETTERS_INTERVAL_MS: '200' };
const environment = { gateway, wallet: quick, catalog: quick, coupon: quick };

async function takePictures(stack: Stack, minutes: number): Promise<void> {
  report('Letting customers in');
  const market = await Market.open(stack);
  const browser = await openBrowser();
  try {
    const open = async (name: PictureName, path: string) => {
      const picture = PICTURES.find((one) => one.name === name)!;
      const views = PICTURE_LANGUAGES.map(async (language) => {
        const view = await View.open(browser, await market.addressOf(path), picture, language);
        return { view, file: join(projectRoot(), picturePath(name, language)) };
      });
      return await Promise.all(views);
    };
    const shoot = async (views: Awaited<ReturnType<typeof open>>) => {
      for (const { view, file } of views) {
        interruption.throwIfAborted();
        const picture = await view.shoot();
        await view.close();
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, picture);
        report(`${file.slice(projectRoot().length + 1)}: ${Math.round(picture.length / 1_000)} KB`);
      }
    };
    const overview = await open('overview', '/');
    report(`Customers shop for ${minutes} minutes`);
    await market.trade(minutes * 60_000, interruption);
    await shoot(overview);

    report('Orders meet with mishaps');
    await market.timedOut();
    await market.trade(3_000, interruption);
    await market.outOfStock();
    const refused = await market.refusedByWallet();
    await market.cancelled();
    await market.trade(2_000, interruption);
    await shoot(await open('orders', '/orders'));
    await shoot(await open('timeline', `/orders/${refused}`));
    await shoot(await open('coupon', `/coupons/${market.couponId}`));
    await market.admin.admin.audit();
    await shoot(await open('books', '/books'));

    const orders = await market.admin.admin.orders({ status: 'SUCCESS' }).first(3);
    const letter = await misuse(stack, market.admin, orders);
    await shoot(await open('failed-messages', `/failed?letter=${letter}&of=wallet`));
  } finally {
    await browser.close();
  }
}

async function main(): Promise<boolean> {
  const { values } = argumentsOf({
    options: { minutes: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return true;
  }
  const bounds = { least: 0.1, most: 60, isWhole: false };
  const minutes = numberOf('minutes', values.minutes ?? String(MINUTES), bounds);
  const dir = await makeTestDir();
  let stack: Stack | undefined;
  try {
    stack = await Stack.start({ dir, environment, report, signal: interruption });
    await takePictures(stack, minutes);
    return true;
  } finally {
    report('Stopping');
    await stack?.stop();
    await removeTestDir(dir);
  }
}

await runToEnd('screenshots', interruption, main);
