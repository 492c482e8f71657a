import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answersAmqp, listenProblem } from '../src/ports.js';
import type { ProcessMark } from '../src/processes.js';
import { startRabbit } from '../src/rabbit-start.js';
import type { Rabbit } from '../src/rabbit.js';

interface Processes {
  readonly epmd: ProcessMark;
  readonly epmdPort: number;
}

const isListening = async (port: number) => (await listenProblem(port, '127.0.0.1')) === 'EADDRINUSE';

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

  it('leaves no name server behind, not even one that rabbitmqctl started for want of ours', async () => {
    const read = async () => JSON.parse(await readFile(join(dataDir, 'processes.json'), 'utf8')) as Processes;
    const { epmd, epmdPort } = await read();
    process.kill(epmd.pid, 'SIGKILL');
    await rabbit.ctl(['list_vhosts']).catch(() => {});
    expect(await isListening(epmdPort)).toBe(true);
    await rabbit.stop();
    expect(await isListening(epmdPort)).toBe(false);
    await rabbit.restart();
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
