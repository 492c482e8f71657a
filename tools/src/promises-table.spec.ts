import { describe, expect, it } from '@jest/globals';
import { promisesTable, writtenPromisesTable } from './promises-table.js';

describe('the table of promises in ARCHITECTURE.md', () => {
  it('says what PROMISES says: npm run docs writes it', async () => {
    expect(await writtenPromisesTable()).toBe(promisesTable());
  });
});
