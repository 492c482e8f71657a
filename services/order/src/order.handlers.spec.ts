import { expect, it } from '@jest/globals';
import {
  listAllOrders,
  listOrders,
  listStuckSagas,
  previewCancel,
  readOrder,
  readProgress,
  readRecords,
  readTimeline,
} from '@jangteo/contracts';
import { orderHandlers } from './order.handlers.js';

it.each(
  [
    readOrder,
    listOrders,
    listAllOrders,
    readRecords,
    previewCancel,
    readTimeline,
    readProgress,
    listStuckSagas,
  ].map((contract) => [contract.type, contract] as const),
)('few answers to %s are held at a time: each may be large', (_, contract) => {
  const handler = orderHandlers.find(({ contracts }) => contracts.some((one) => one === contract));
  expect(handler?.batchSizeMax).toBe(10);
});
