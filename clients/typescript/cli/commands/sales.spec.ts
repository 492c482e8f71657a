import { describe, expect, it, jest } from '@jest/globals';
import type { Jangteo } from '../../src/index.js';
import { UsageError, type Given, type Report } from '../command.js';
import { SALES } from './sales.js';

const calls = { sales: jest.fn(), productSales: jest.fn(), categorySales: jest.fn() };
const shop = { admin: calls } as unknown as Jangteo;

const run = async (fields: Given['fields']): Promise<Report> =>
  (await SALES.run(shop, { names: [], fields })) as Report;

describe('the sales by category', () => {
  it('are rows of even columns, also of what has no category', async () => {
    calls.categorySales.mockReturnValue(
      Promise.resolve([
        { category: 'Tea, leaves', units: 3, revenue: 120, source: 'statistics' },
        { units: 7, revenue: 70, source: 'statistics' },
      ]),
    );
    const { text, note } = await run({ categories: true, limit: 5, csv: true });
    expect(text).toBe('category,units,revenue,source\r\n"Tea, leaves",3,120,statistics\r\n,7,70,statistics');
    expect(note).toBeUndefined();
    expect(calls.categorySales).toHaveBeenCalledWith({ limit: 5 });
  });

  it('say where categories are not known', async () => {
    calls.categorySales.mockReturnValue(Promise.resolve([{ units: 5, source: 'ranking' }]));
    expect((await run({ categories: true })).note).toMatch(/of all products: categories are known where/);
  });
});

it.each<[string, Given['fields']]>([
  ['--categories goes without --products', { products: true, categories: true }],
  ['--product goes without --categories', { categories: true, productId: 'x' }],
  ['--by goes without --products', { products: true, by: 'hour' }],
  ['--limit goes with --products or --categories', { limit: 5 }],
])('says that %s', async (message, fields) => {
  await expect(run(fields)).rejects.toEqual(new UsageError(message));
});
