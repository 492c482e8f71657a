import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Arrival } from './consumer-session.js';
import { Batcher } from './batcher.js';

function arrival(deliveryTag: number, session = { isAlive: true }): Arrival {
  const content = Buffer.alloc(100);
  return { message: { fields: { deliveryTag }, content }, session, arrivedAtMs: 0 } as unknown as Arrival;
}

const tags = (batch: readonly Arrival[]): number[] => batch.map(({ message }) => message.fields.deliveryTag);

/** A batcher whose batches end when the test says so. */
function heldBatcher(sizeMax = 10, bytes = Infinity) {
  const batches: number[][] = [];
  const ends: (() => void)[] = [];
  const batcher = new Batcher('test', { size: sizeMax, bytes }, (batch) => {
    batches.push(tags(batch));
    return new Promise((resolve) => ends.push(resolve));
  });
  const next = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { batcher, batches, next };
}

describe('Batcher', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['error']));

  it('takes in one batch what arrived in one go', async () => {
    const { batcher, batches, next } = heldBatcher();
    for (const tag of [1, 2, 3]) batcher.arrive(arrival(tag));
    await next();
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('works on one batch at a time and gathers meanwhile, up to its size', async () => {
    const { batcher, batches, next } = heldBatcher(3);
    batcher.arrive(arrival(1));
    await next();
    for (const tag of [2, 3, 4, 5]) batcher.arrive(arrival(tag));
    await next();
    expect(batches).toEqual([[1], [2, 3, 4]]);
    await next();
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('takes no more into a batch than it may weigh, and what is heavier alone by itself', async () => {
    const { batcher, batches, next } = heldBatcher(10, 250);
    for (const tag of [1, 2, 3, 4, 5]) batcher.arrive(arrival(tag));
    for (let batch = 0; batch < 3; batch += 1) await next();
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
    const slim = heldBatcher(10, 99);
    for (const tag of [1, 2]) slim.batcher.arrive(arrival(tag));
    for (let batch = 0; batch < 2; batch += 1) await slim.next();
    expect(slim.batches).toEqual([[1], [2]]);
  });

  it('forgets what the broker delivers again', async () => {
    const { batcher, batches, next } = heldBatcher();
    const dead = { isAlive: true };
    batcher.arrive(arrival(1));
    await next();
    batcher.arrive(arrival(2, dead));
    batcher.arrive(arrival(3));
    dead.isAlive = false;
    await next();
    expect(batches).toEqual([[1], [3]]);
  });

  it('begins nothing once stopped, and is idle when its batch ends', async () => {
    const { batcher, batches, next } = heldBatcher();
    batcher.arrive(arrival(1));
    await next();
    batcher.stop();
    batcher.arrive(arrival(2));
    let isIdle = false;
    const idle = batcher.idle().then(() => (isIdle = true));
    await new Promise(setImmediate);
    expect(isIdle).toBe(false);
    await next();
    await idle;
    expect(batches).toEqual([[1]]);
    expect(tags(batcher.takeWaiting())).toEqual([2]);
  });

  it('goes on after work that throws', async () => {
    const batches: number[][] = [];
    const batcher = new Batcher('test', { size: 1, bytes: Infinity }, async (batch) => {
      batches.push(tags(batch));
      throw new Error('broken');
    });
    for (const tag of [1, 2]) batcher.arrive(arrival(tag));
    await batcher.idle();
    expect(batches).toEqual([[1], [2]]);
  });
});

describe('a batcher for what nobody waits for', () => {
  const GATHERED_MS = 400;

  it('gathers for a while before each batch, and works at once on a full one', async () => {
    const batches: number[] = [];
    const batcher = new Batcher(
      'test',
      { size: 3, bytes: Infinity },
      async (batch) => void batches.push(batch.length),
      GATHERED_MS,
    );
    const arriveSome = (count: number) => {
      for (let index = 0; index < count; index += 1) batcher.arrive(arrival(index));
    };
    arriveSome(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    arriveSome(1);
    expect(batches).toEqual([]);
    await batcher.idle();
    expect(batches).toEqual([2]);
    const startedAt = performance.now();
    arriveSome(3);
    await batcher.idle();
    expect(batches).toEqual([2, 3]);
    expect(performance.now() - startedAt).toBeLessThan(GATHERED_MS);
  });
});
