import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { BROKER_USERS } from '@jangteo/contracts';
import { projectRoot } from './project.js';

describe('what makes the users of the services on a broker', () => {
  let status = 204;
  const broker = createServer((_request, response) => response.writeHead(status).end('no'));
  afterEach(() => {
    broker.close();
  });

  it('says of a broker that knows another password what to do, and shows none', async () => {
    broker.listen(0, '127.0.0.1');
    await once(broker, 'listening');
    const { port } = broker.address() as AddressInfo;
    const urls = BROKER_USERS.map((user) => [
      `${user.toUpperCase()}_AMQP_URL`,
      `amqp://jangteo_${user}:secret@rabbitmq:5672`,
    ]);
    const env = {
      ...Object.fromEntries(urls),
      RABBITMQ_MANAGEMENT_URL: `http://127.0.0.1:${port}`,
      RABBITMQ_USER: 'jangteo',
      RABBITMQ_PASSWORD: 'secret',
    };
    const program = join(projectRoot(), 'libs', 'infra', 'dist', 'src', 'import-broker-users.js');
    const run = () => promisify(execFile)(process.execPath, [program], { env });
    expect((await run()).stdout).toBe(`${BROKER_USERS.length} users have their permissions\n`);

    status = 401;
    const { stderr, code } = (await run().catch((error: unknown) => error)) as {
      stderr: string;
      code: number;
    };
    expect([code, stderr]).toEqual([1, expect.stringContaining('rabbitmqctl change_password')]);
    expect(stderr).not.toContain('secret');
  });
});
