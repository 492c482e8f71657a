import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { firstIdAt, id } from '@jangteo/contracts';
import fc from 'fast-check';
import { idsInOrder, newId } from './ids.js';

const MANY = 100_000;
const made = (count: number, next: () => string): string[] => Array.from({ length: count }, next);

function expectInOrder(ids: readonly string[]): void {
  expect(ids.findIndex((one, index) => index > 0 && one <= ids[index - 1]!)).toBe(-1);
}

/** Ids that a thread of its own has made. */
async function madeElsewhere(count: number): Promise<string[]> {
  const { href } = new URL('../dist/src/ids.js', import.meta.url);
  const program = `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(href)}).then(({ newId }) => {
      parentPort.postMessage(Array.from({ length: ${count} }, () => newId()));
    });`;
  const worker = new Worker(program, { eval: true });
  try {
    return await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  } finally {
    await worker.terminate();
  }
}

describe('ids', () => {
  it('of one process are in the order of their making, and each is made once', () => {
    const before = Date.now();
    const ids = made(MANY, newId);
    expectInOrder(ids);
    expect(ids[0]! > firstIdAt(before)).toBe(true);
  });

  it('are UUIDs of version 7 that keep their random part', () => {
    const ids = made(1_000, newId);
    for (const one of ids) {
      expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(id.parse(one)).toBe(one);
    }
    expect(new Set(ids.map((one) => one.slice(19))).size).toBe(1_000);
  });

  it('of processes that make them at the same time are all different', async () => {
    const ids = (await Promise.all([1, 2, 3, 4].map(() => madeElsewhere(MANY / 4)))).flat();
    expect(new Set(ids).size).toBe(MANY);
  });

  it('are in order whatever the clock does: standing still, going back, leaping', () => {
    const steps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -100_000, max: 100_000 })), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(fc.integer({ min: 200_000, max: 2 ** 47 }), steps, (start, moves) => {
        let now = start;
        let highest = 0;
        let move = 0;
        const next = idsInOrder(() => {
          now = Math.max(0, now + (moves[move++] ?? 0));
          highest = Math.max(highest, now);
          return now;
        });
        const ids = made(moves.length, next);
        expectInOrder(ids);
        expect(ids.at(-1)! >= firstIdAt(highest)).toBe(true);
      }),
    );
  });

  it('run ahead of a clock that stands still by no more than they need', () => {
    const ids = made(
      MANY,
      idsInOrder(() => 1_000_000),
    );
    expectInOrder(ids);
    expect(ids.at(-1)! < firstIdAt(1_000_000 + MANY / 2_048 + 1)).toBe(true);
  });
});
