import { expect, it } from '@jest/globals';
import { deadLetterRequests } from '@jangteo/contracts';
import { deadLetterHandlers } from './dead-letter.handlers.js';

it('reads few dead letters with their bodies together', () => {
  const { read } = deadLetterRequests.wallet;
  const handler = deadLetterHandlers('wallet').find(({ contracts }) => contracts.includes(read));
  expect(handler?.batchSizeMax).toBe(10);
});
