import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answersRedis } from '../src/ports.js';
import { startRedis, type Redis } from '../src/redis.js';

const passwordOf = ({ url }: Redis) => new URL(url).password;

describe('a Redis of our own', () => {
  let dataDir: string;
  let redis: Redis;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jangteo-redis-'));
    redis = await startRedis({ dataDir });
  });

  afterAll(async () => {
    await redis?.stop();
    await rm(dataDir, { recursive: true });
  });

  it('comes back on the same port with the same password after a stop', async () => {
    const { port, url } = redis;
    expect(await answersRedis(port, passwordOf(redis))).toBe(true);
    await redis.stop();
    expect(redis.isRunning()).toBe(false);
    expect(await answersRedis(port, passwordOf(redis))).toBe(false);
    await redis.restart();
    expect([redis.port, redis.url, redis.isRunning()]).toEqual([port, url, true]);
    expect(await answersRedis(port, passwordOf(redis))).toBe(true);
    expect(await answersRedis(port, 'another')).toBe(false);
  });

  it('replaces a server that a killed run left in the folder', async () => {
    const abandoned = redis;
    redis = await startRedis({ dataDir });
    expect(abandoned.isRunning()).toBe(false);
    expect(redis.isRunning()).toBe(true);
  });

  it('tells why it did not start', async () => {
    const other = await mkdtemp(join(tmpdir(), 'jangteo-redis-'));
    const starting = startRedis({ dataDir: other, port: redis.port });
    // Something answers on that port, but it is another server.
    await expect(starting).rejects.toThrow(/Redis ended while it was starting[^]*bind/);
    await rm(other, { recursive: true });
  });
});
