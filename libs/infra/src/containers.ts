import { GenericContainer, Wait } from 'testcontainers';
import { eventually } from './eventually.js';
import { answersAmqp } from './ports.js';
import { rabbitImage } from './rabbit-docker.js';
import type { Rabbit } from './rabbit.js';
import { randomPassword } from './secrets.js';

interface Container {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const user = 'jangteo';
const startupTimeoutMs = 180_000;

/** PostgreSQL in a container of its own, gone with its data when it stops. */
export async function startPostgresContainer(onProgress?: (step: string) => void): Promise<Container> {
  const image = process.env.POSTGRES_IMAGE ?? 'postgres:18';
  onProgress?.(`PostgreSQL: starting a container of ${image}`);
  const password = randomPassword();
  const container = await new GenericContainer(image)
    .withEnvironment({ POSTGRES_USER: user, POSTGRES_PASSWORD: password, POSTGRES_DB: 'postgres' })
    .withCommand(['postgres', '-c', 'max_connections=500'])
    .withExposedPorts(5432)
    // Over TCP, because the server that the image starts first, to set itself up, listens on a socket only.
    .withWaitStrategy(Wait.forSuccessfulCommand(`pg_isready --host=127.0.0.1 --username=${user}`))
    .withStartupTimeout(startupTimeoutMs)
    .start();
  const address = `${container.getHost()}:${container.getMappedPort(5432)}`;
  return {
    url: `postgres://${user}:${password}@${address}/postgres`,
    stop: async () => void (await container.stop()),
  };
}

/** A broker in a container, with the program that rules it. */
type BrokerContainer = Container & Pick<Rabbit, 'ctl'>;

/** RabbitMQ in a container of its own, gone with its data when it stops. */
export async function startRabbitContainer(onProgress?: (step: string) => void): Promise<BrokerContainer> {
  onProgress?.(`RabbitMQ: starting a container of ${rabbitImage()}`);
  const password = randomPassword();
  const container = await new GenericContainer(rabbitImage())
    .withEnvironment({ RABBITMQ_DEFAULT_USER: user, RABBITMQ_DEFAULT_PASS: password })
    .withExposedPorts(5672)
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(startupTimeoutMs)
    .start();
  const [host, port] = [container.getHost(), container.getMappedPort(5672)];
  await eventually(() => answersAmqp(port, host), { deadlineMs: startupTimeoutMs, everyMs: 200 });
  const address = `${host}:${port}`;
  return {
    url: `amqp://${user}:${password}@${address}`,
    stop: async () => void (await container.stop()),
    ctl: async (args) => {
      const { exitCode, output } = await container.exec(['rabbitmqctl', '-q', ...args]);
      if (exitCode === 0) return output;
      throw new Error(`rabbitmqctl ended with ${exitCode}: ${output}`);
    },
  };
}

/** Redis in a container of its own, gone when it stops. */
export async function startRedisContainer(onProgress?: (step: string) => void): Promise<Container> {
  const image = process.env.REDIS_IMAGE ?? 'redis:8';
  onProgress?.(`Redis: starting a container of ${image}`);
  const container = await new GenericContainer(image)
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forSuccessfulCommand('redis-cli ping'))
    .withStartupTimeout(startupTimeoutMs)
    .start();
  const address = `${container.getHost()}:${container.getMappedPort(6379)}`;
  return { url: `redis://${address}`, stop: async () => void (await container.stop()) };
}
