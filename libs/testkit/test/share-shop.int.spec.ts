import { afterAll, describe, expect, it } from '@jest/globals';
import { expected, shareShop, START_DEADLINE_MS, type Customer, type Shop } from '../src/index.js';

// As `npm test` runs it on servers of its own.
process.env.SHARE_SHOPS = 'true';

describe('a shop that one test file leaves to the next', () => {
  let shop: Shop;
  let customer: Customer;
  let pid: Record<string, number>;

  afterAll(async () => {
    await shop?.stop();
  });

  const pids = async (): Promise<Record<string, number>> => {
    const found: Record<string, number> = {};
    for (const service of ['wallet', 'gateway', 'order'] as const) {
      const metrics = await (await fetch(`${shop.urlOf(service)}/metrics`)).text();
      found[service] = Number(/^process_start_time_seconds (\S+)/m.exec(metrics)?.[1]);
    }
    return found;
  };

  it(
    'is the same, with all that was sold in it, and a log that begins anew',
    async () => {
      shop = await shareShop();
      customer = await shop.client.register(5_000);
      pid = await pids();
      await shop.stop();
      shop = await shareShop();
      expect(await shop.client.balanceOf(customer)).toBe(5_000);
      expect(await pids()).toEqual(pid);
      expect(await shop.logs('wallet')).not.toContain(customer.userId);
    },
    START_DEADLINE_MS,
  );

  it(
    'has only those services started anew that need other settings, or do not run',
    async () => {
      await shop.kill('order');
      await shop.stop();
      shop = await shareShop({ wallet: { BALANCE_MAX: '6000' } });
      const now = await pids();
      expect([now.gateway === pid.gateway, now.wallet === pid.wallet, now.order === pid.order]).toEqual([
        true,
        false,
        false,
      ]);
      const charge = () => shop.client.post('/balance/charge', { amount: 2_000 }, { token: customer.token });
      expect((await charge()).status).toBe(409);
      await shop.stop();
      shop = await shareShop();
      expected(200, await charge());
    },
    START_DEADLINE_MS,
  );
});
