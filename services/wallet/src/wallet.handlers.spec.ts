import { randomUUIDv7 } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { finds } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { askHandlers } from '@jangteo/testkit';
import { walletHandlers } from './wallet.handlers.js';

it('leads from the key of a charge to whose it is, and not to the admin who made it', async () => {
  const [adminId, userId, chargeId] = Array.from({ length: 3 }, () => randomUUIDv7());
  const outcomes = [{ key: `${adminId}/wallet.charge/mine`, outcome: { ok: true, value: { chargeId } } }];
  const charges = [{ chargeId, userId, amount: 5, status: 'SUCCEEDED' }];
  const database: object = Object.assign(Object.create(Database.prototype), {
    rows: (text: string) =>
      Promise.resolve(
        text.includes('FROM outcomes') ? outcomes : text.includes('FROM charges') ? charges : [],
      ),
  });
  const [answer] = await askHandlers(walletHandlers, database)(finds.wallet, [{ q: 'mine' }]);
  expect(answer).toMatchObject({
    ok: true,
    value: { found: [{ kind: 'charge', id: chargeId, of: userId }] },
  });
});
