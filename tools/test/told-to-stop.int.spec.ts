import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BROKER_USERS } from '@jangteo/contracts';
import { amqpVariable, projectRoot } from '@jangteo/infra';

/** Takes connections and says nothing. */
const silent = createServer();
const urls = (port: number): Record<string, string> => ({
  ...Object.fromEntries(BROKER_USERS.map((user) => [amqpVariable(user), `amqp://${user}:x@127.0.0.1`])),
  DATABASE_URL: `postgres://nobody:x@127.0.0.1:${port}/none`,
  RABBITMQ_MANAGEMENT_URL: `http://127.0.0.1:${port}`,
  RABBITMQ_USER: 'nobody',
  RABBITMQ_PASSWORD: 'x',
});

describe('a program that is run once, as a container', () => {
  beforeAll(async () => {
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  afterAll(() => void silent.close());

  // A process that hears no signal is ended by it, but not as the first one of a container.
  it.each(['services/wallet/dist/src/migrate.js', 'libs/infra/dist/src/import-broker-users.js'])(
    'hears that it is to stop: %s',
    async (program) => {
      const env = { ...process.env, ...urls((silent.address() as AddressInfo).port) };
      const child = spawn(process.execPath, [join(projectRoot(), program)], { env, stdio: 'ignore' });
      const ended = once(child, 'exit');
      const [socket] = (await once(silent, 'connection')) as [{ destroy(): void }];
      child.kill('SIGTERM');
      expect(await ended).toEqual([143, null]);
      socket.destroy();
    },
  );
});
