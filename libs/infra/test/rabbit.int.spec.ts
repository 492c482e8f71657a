import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answersAmqp } from '../src/ports.js';
import { startRabbit } from '../src/rabbit-start.js';
import type { Rabbit } from '../src/rabbit.js';

describe('a RabbitMQ of our own', () => {
  let dataDir: string;
  let rabbit: Rabbit;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jangteo-rabbitmq-'));
    rabbit = await startRabbit({ dataDir });
  });

  afterAll(async () => {
    await rabbit.stop();
    await rm(dataDir, { recursive: true });
  });

  it('comes back on the same port with what it knew after a kill -9', async () => {
    await rabbit.ctl(['add_vhost', 'remembered']);
    const port = rabbit.port;
    await rabbit.kill();
    expect(await answersAmqp(port)).toBe(false);
    await rabbit.restart();
    expect(rabbit.port).toBe(port);
    expect(await answersAmqp(port)).toBe(true);
    expect(await rabbit.ctl(['list_vhosts'])).toContain('remembered');
  });

  it('replaces a broker that a killed run left on the data, and keeps its own user only', async () => {
    const abandoned = rabbit.port;
    rabbit = await startRabbit({ dataDir });
    expect(await answersAmqp(abandoned)).toBe(false);
    expect(await rabbit.ctl(['list_vhosts'])).toContain('remembered');
    const users = (await rabbit.ctl(['list_users', '--no-table-headers'])).trim().split('\n');
    expect(users).toHaveLength(1);
    expect(users[0]).toContain(decodeURIComponent(new URL(rabbit.url).username));
  });
});
