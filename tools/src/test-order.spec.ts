import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

const sequencer = pathToFileURL(join(projectRoot(), 'jest-sequencer.mjs')).href;
const { placeOf } = (await import(sequencer)) as { placeOf: (path: string, text: string) => number };

it('runs test files that take long first, and those together that share a shop', () => {
  const files = [
    ['console/test/own.e2e.spec.ts', 'stageOf(() => open())'],
    ['services/gateway/test/set.e2e.spec.ts', 'shop = await shareShop({ gateway: {} });'],
    ['services/gateway/test/plain.e2e.spec.ts', 'shop = await shareShop();'],
    ['services/order/test/saga.int.spec.ts', ''],
    ['services/order/src/saga.spec.ts', ''],
  ] as const;
  expect(files.map(([path, text]) => placeOf(path, text))).toEqual([0, 1, 2, 3, 4]);
  expect(placeOf('libs/testkit/test/books.int.spec.ts', 'shop = await startShop();')).toBe(0);
});
