import { readFile } from 'node:fs/promises';
import type { RunningShop } from './running-shop.js';
import { Shop, type ShopOptions } from './shop.js';
import { testProcess } from './test-process.js';

/** Opens a shop of its own for a test file, which ends with it; about ten seconds. */
export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  return await Shop.open(options);
}

/**
 * A shop for a test file that minds neither what others have sold in it before nor what comes after, and may restart
 * and kill its services: taken over from the last such file of the same process, where `npm test` says so by
 * SHARE_SHOPS, else opened. Where RUNNING_SHOP names the file of a {@link RunningShop}, that one is taken as it is:
 * only tests that need no settings can pass then.
 * @param services settings of single services, for this file
 */
export async function shareShop(services: NonNullable<ShopOptions['services']> = {}): Promise<Shop> {
  const running = process.env.RUNNING_SHOP;
  if (running) return await Shop.attach(JSON.parse(await readFile(running, 'utf8')) as RunningShop);
  if (testProcess === undefined || process.env.SHARE_SHOPS !== 'true') return await Shop.open({ services });
  return await Shop.inherit(testProcess, services);
}
