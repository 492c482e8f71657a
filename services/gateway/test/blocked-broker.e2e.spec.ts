import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRabbit, type Rabbit } from '@jangteo/infra';
import {
  eventually,
  shopClient,
  startService,
  START_DEADLINE_MS,
  pace,
  type RunningService,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem } from './expectations.js';

const here = await pace();
const NOBODY = { email: 'nobody@example.com', password: 'password 1' };

/** The broker as it is when it runs out of memory or disk: it takes connections, and no messages. */
const setAlarm = (rabbit: Rabbit, isOn: boolean): Promise<unknown> =>
  rabbit.ctl(['set_vm_memory_high_watermark', isOn ? '0.00001' : '0.4']);

describe('a gateway whose broker takes no messages from the start', () => {
  let dataDir: string;
  let rabbit: Rabbit;
  let gateway: RunningService;
  let client: ShopClient;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jangteo-blocked-'));
    rabbit = await startRabbit({ dataDir });
    await setAlarm(rabbit, true);
    const env = { AMQP_URL: rabbit.url, REQUEST_DEADLINE_MS: String(here(1_000)) };
    gateway = await startService('gateway', { until: 'live', env });
    client = shopClient(gateway.url, NOBODY);
  }, START_DEADLINE_MS);

  afterAll(async () => {
    await gateway?.stop();
    await rabbit?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('does what needs no messages, refuses the rest with 503 and Retry-After, and goes on when it is over', async () => {
    expect((await client.post('/auth/register', { ...NOBODY, name: 'Kim' })).status).toBe(201);
    expect((await client.get('/health/live')).status).toBe(200);
    // The broker tells a connection so when it first publishes; until then an outcome is just not known.
    await eventually(async () => (await client.get('/products')).status === 503);
    const startedAt = performance.now();
    const refused = await client.get('/products');
    expectProblem(refused, 'SERVICE_UNAVAILABLE');
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(performance.now() - startedAt).toBeLessThan(here(900));
    const ready = await client.get<{ details: Record<string, { status: string; message?: string }> }>(
      '/health/ready',
    );
    expect(ready.status).toBe(503);
    expect(ready.body.details).toMatchObject({ broker: { status: 'down' }, database: { status: 'up' } });
    await setAlarm(rabbit, false);
    // Its service is not there: it is told so by the broker, which takes messages again.
    await eventually(async () => {
      const { details } = (await client.get<typeof ready.body>('/health/ready')).body;
      return details.broker?.status === 'up';
    });
  });
});
