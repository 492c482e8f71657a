import { randomUUIDv7 } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { finds } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { askHandlers } from '@jangteo/testkit';
import { findHandler } from './find.js';

it('finds what was done under a key of a client, and nobody where the outcome names nothing', async () => {
  const [apiKeyId, productId, userId, chargeId] = Array.from({ length: 4 }, () => randomUUIDv7());
  const outcomes = [
    { key: `${apiKeyId}/catalog.create-product/mine`, outcome: { ok: true, value: { productId } } },
    { key: `${userId}/wallet.charge/mine`, outcome: { ok: true, value: { chargeId } } },
    { key: `${apiKeyId}/catalog.restock/mine`, outcome: { ok: true, value: { stock: 5 } } },
    { key: `${apiKeyId}/catalog.restock/mine`, outcome: { ok: false, refusal: { code: 'OUT_OF_STOCK' } } },
  ];
  const database: object = Object.assign(Object.create(Database.prototype), {
    rows: (text: string) => Promise.resolve(text.includes('FROM outcomes') ? outcomes : []),
  });
  const ask = askHandlers([findHandler('wallet', {})], database);
  const [found] = await ask(finds.wallet, [{ q: 'mine' }]);
  expect(found).toMatchObject({
    ok: true,
    value: {
      found: [
        { kind: 'product', id: productId },
        { kind: 'charge', id: chargeId },
      ],
    },
  });
});

it('looks for a key as it is stored, however it is written down', async () => {
  const asked: unknown[] = [];
  const database: object = Object.assign(Object.create(Database.prototype), {
    rows(text: string, [keys]: unknown[]) {
      if (text.includes('FROM outcomes')) asked.push(keys);
      return Promise.resolve([]);
    },
  });
  const ask = askHandlers([findHandler('wallet', {})], database);
  for (const q of ['mine', '"a\\"b"', '주문-1']) await ask(finds.wallet, [{ q }]);
  const bytes = Buffer.from('주문-1').toString('latin1');
  expect(asked).toEqual([['mine'], ['"a\\"b"', 'a"b'], ['주문-1', bytes]]);
});
