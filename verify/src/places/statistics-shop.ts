import { readFile } from 'node:fs/promises';
import { createServiceDatabase, projectRoot, randomPassword, run } from '@jangteo/infra';
import { withClient } from '@jangteo/testkit';
import { report, services, Stack } from '@jangteo/tools';
import { join } from 'node:path';
import { Broker } from './broker.js';
import type { Place } from './place.js';
import { StatisticsJob } from './statistics-job.js';

const TOPIC = 'orders';
const PARTITIONS = 2;

/** A shop of processes whose records go to a Kafka, and the job that counts them. */
export class StatisticsShop implements Place {
  private constructor(
    readonly stack: Stack,
    readonly broker: Broker,
    readonly job: StatisticsJob,
    private readonly databaseUrl: string,
  ) {}

  /** Without the job, which is started when it has something to count. */
  static async open(dir: string, python: string, signal: AbortSignal): Promise<StatisticsShop> {
    const broker = await Broker.start(dir, TOPIC, PARTITIONS);
    let stack: Stack | undefined;
    try {
      const order = {
        DATA_PLATFORM_URL: `kafka://${broker.address}/${TOPIC}`,
        DATA_PLATFORM_ALLOW_PLAINTEXT: 'true',
        DATA_PLATFORM_INTERVAL_MS: '100',
        DATA_PLATFORM_BATCH_MAX: '50',
        DATA_PLATFORM_RETRY_MS_MAX: '1000',
        DATA_PLATFORM_TIMEOUT_MS: '5000',
      };
      stack = await Stack.start({ dir, environment: { order }, report, signal });
      const databaseUrl = await emptyDatabase(stack, 'jangteo_statistics');
      const job = new StatisticsJob({ python, dir, kafka: broker.address, topic: TOPIC, databaseUrl });
      return new StatisticsShop(stack, broker, job, databaseUrl);
    } catch (error) {
      await stack?.stop().catch(() => undefined);
      await broker.stop();
      throw error;
    }
  }

  /** Reads the figures. */
  async figures<R extends object>(text: string): Promise<R[]> {
    return await withClient(this.databaseUrl, async (client) => (await client.query<R>(text)).rows);
  }

  /** Changes the order service's books behind its back. */
  async changeOrders(text: string): Promise<number> {
    const url = this.stack.databaseUrlOf('order');
    return await withClient(url, async (client) => (await client.query(text)).rowCount ?? 0);
  }

  /** Has every record sent again. */
  async resend(): Promise<void> {
    const program = join(projectRoot(), 'services', 'order', 'dist', 'src', 'saga', 'resend.js');
    const env = { ...process.env, DATABASE_URL: this.stack.databaseUrlOf('order') };
    await run(process.execPath, [program, '--from', '1'], { env });
  }

  async logs(): Promise<Record<string, string>> {
    const logs: Record<string, string> = {};
    for (const service of services) {
      const its = this.stack.processesOf(service).map((process) => process.logs());
      logs[`${service}.log`] = (await Promise.all(its)).join('');
    }
    for (const [name, path] of [
      ['statistics.log', this.job.logPath],
      ['kafka.log', this.broker.logPath],
    ] as const) {
      logs[name] = await readFile(path, 'utf8').catch(() => '');
    }
    return logs;
  }

  async stop(): Promise<void> {
    try {
      await this.job.kill();
    } finally {
      try {
        await this.stack.stop();
      } finally {
        await this.broker.stop();
      }
    }
  }
}

/** Makes a database beside those of the shop. @returns its owner's URL */
export async function emptyDatabase(stack: Stack, name: string): Promise<string> {
  const owner = { name, user: name, password: randomPassword() };
  return await createServiceDatabase(stack.infrastructure.postgresUrl, owner);
}
