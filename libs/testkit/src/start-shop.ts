import { readFile } from 'node:fs/promises';
import type { RunningShop } from './running-shop.js';
import { Shop, type ShopOptions } from './shop.js';

/**
 * Opens a shop of its own for a test file; about ten seconds. Where RUNNING_SHOP names the file of a
 * {@link RunningShop}, that one is taken as it is: only tests that need no options can pass then.
 */
export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const running = process.env.RUNNING_SHOP;
  if (!running) return await Shop.open(options);
  return await Shop.attach(JSON.parse(await readFile(running, 'utf8')) as RunningShop);
}
