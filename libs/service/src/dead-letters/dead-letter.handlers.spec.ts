import { expect, it } from '@jest/globals';
import { deadLetterRequests } from '@jangteo/contracts';
import { deadLetterHandlers } from './dead-letter.handlers.js';

it.each(['list', 'read'] as const)('few answers of %s are held at a time: each may be large', (name) => {
  const handlers = deadLetterHandlers('order');
  const asked = deadLetterRequests.order[name];
  const handler = handlers.find(({ contracts }) => contracts.some((one) => one === asked));
  expect(handler?.batchSizeMax).toBe(10);
});
