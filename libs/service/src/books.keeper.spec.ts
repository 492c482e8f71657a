import { describe, expect, it } from '@jest/globals';
import type { Database, Statements } from '@jangteo/database';
import { BooksKeeper } from './books.keeper.js';

describe('the keeper of the books', () => {
  it('sums up each table although another one cannot be, and says which', async () => {
    const asked: unknown[] = [];
    const tx: Statements = {
      rows: async (_text, [table] = []) => {
        asked.push(table);
        if (table === 'orders') throw new Error('canceling statement due to statement timeout');
        return [];
      },
    };
    const transaction = async (work: (tx: Statements) => Promise<unknown>) => await work(tx);
    const sources = ['orders', 'sagas', 'platform_records'].map((table) => ({ table, ids: ['order_id'] }));
    const config = { BOOKS_SEALED_AFTER_SECONDS: 3_600 };
    const keeper = new BooksKeeper({ transaction } as unknown as Database, sources, config);
    await expect(keeper.sealAll()).rejects.toThrow(/^orders: Error: canceling statement/);
    expect(asked).toEqual(['orders', 'sagas', 'platform_records']);
  });
});
