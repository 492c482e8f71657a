import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Producer, stringSerializers } from '@platformatic/kafka';
import { createServiceDatabase, randomPassword, startPostgres, type Postgres } from '@jangteo/infra';
import { withClient } from '@jangteo/testkit';
import { report } from '@jangteo/tools';
import type { MadeRecord } from '../traffic/record-maker.js';
import { Broker } from './broker.js';
import type { Place } from './place.js';
import { StatisticsJob } from './statistics-job.js';

const TOPIC = 'orders';
const PARTITIONS = 6;
/** As in the image. */
const CORES = 2;
const SENT_AT_ONCE = 2_000;

/** A topic, the job and its database, without a shop: for more records than one could sell. */
export class ReplayPlace implements Place {
  private constructor(
    private readonly postgres: Postgres,
    private readonly broker: Broker,
    readonly job: StatisticsJob,
    private readonly databaseUrl: string,
  ) {}

  static async open(
    dir: string,
    python: string,
    settings: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ReplayPlace> {
    const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), onProgress: report, signal });
    let broker: Broker | undefined;
    try {
      broker = await Broker.start(dir, TOPIC, PARTITIONS);
      const owner = { name: 'statistics', user: 'statistics', password: randomPassword() };
      const databaseUrl = await createServiceDatabase(postgres.url, owner);
      const job = new StatisticsJob({
        python,
        dir,
        kafka: broker.address,
        topic: TOPIC,
        databaseUrl,
        cores: CORES,
        settings,
      });
      return new ReplayPlace(postgres, broker, job, databaseUrl);
    } catch (error) {
      await broker?.stop().catch(() => undefined);
      await postgres.stop();
      throw error;
    }
  }

  /** Puts so many records into the topic. @param onSent with how many are there by now */
  async fill(count: number, make: () => MadeRecord, onSent: (sent: number) => void): Promise<void> {
    const producer = new Producer({
      clientId: 'replay',
      bootstrapBrokers: [this.broker.address],
      serializers: stringSerializers,
      // So that ten million fit on any disk.
      compression: 'zstd',
    });
    try {
      let sending: Promise<unknown> = Promise.resolve();
      for (let sent = 0; sent < count; sent += SENT_AT_ONCE) {
        const size = Math.min(SENT_AT_ONCE, count - sent);
        const messages = Array.from({ length: size }, () => ({ topic: TOPIC, ...make() }));
        await sending;
        onSent(sent);
        sending = producer.send({ messages });
      }
      await sending;
    } finally {
      await producer.close();
    }
  }

  /** Reads the figures. */
  async figures<R extends object>(text: string): Promise<R[]> {
    return await withClient(this.databaseUrl, async (client) => (await client.query<R>(text)).rows);
  }

  async logs(): Promise<Record<string, string>> {
    const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
    return {
      'statistics.log': await read(this.job.logPath),
      'kafka.log': await read(this.broker.logPath),
    };
  }

  async stop(): Promise<void> {
    const ends = [() => this.job.kill(), () => this.broker.stop(), () => this.postgres.stop()];
    for (const end of ends) await end().catch((error: unknown) => report(String(error)));
  }
}
