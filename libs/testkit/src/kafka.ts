import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { eventually } from '@jangteo/infra';
import { kafkaBootstrap } from './kafka-bootstrap.js';
import { kafkaModulePath } from './kafka-package.js';

const BROKERS = 3;
const START_DEADLINE_MS = 180_000;

/** Beside this file, whether that runs compiled or as it is. */
const CLUSTER = import.meta.url.replace(/kafka(\.\w+)$/, 'kafka-cluster$1');

/** A record as another client than ours reads it. */
export interface KafkaRecord {
  readonly key?: string;
  readonly value: string;
  readonly partition: number;
  readonly offset: number;
}

/** A Kafka cluster for a test. */
export interface KafkaCluster {
  /** `host:port`, as in `kafka://host:port/topic`. */
  readonly brokers: string;
  /** Reads what is in a topic now, of each partition in its order. */
  records(topic: string): Promise<readonly KafkaRecord[]>;
  /** Ends it, and with it what it holds. */
  stop(): Promise<void>;
}

interface HelperAnswer {
  readonly id: number;
  readonly records?: readonly KafkaRecord[];
  readonly failure?: string;
}

/** Everything that it has written so far. */
function outputOf(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return () => output;
}

/** The address of the first mock broker, which librdkafka writes into its log. */
async function mockBrokerIn(output: () => string): Promise<string> {
  const find = (): string | false => /replaced with ([\d.]+:\d+)/.exec(output())?.[1] ?? false;
  return await eventually(find, { deadlineMs: START_DEADLINE_MS }).catch(() => {
    throw new Error(`librdkafka's mock cluster did not start:\n${output()}`);
  });
}

class Cluster implements KafkaCluster {
  #questions = 0;
  readonly #waiting = new Map<number, (answer: HelperAnswer) => void>();

  constructor(
    private readonly child: ChildProcess,
    private readonly bootstrap: Server,
    private readonly brokerAddress: string,
    private readonly output: () => string,
  ) {
    child.on('message', (answer: HelperAnswer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    child.once('exit', () => {
      for (const [id, resolve] of this.#waiting) resolve({ id, failure: output() });
    });
  }

  get brokers(): string {
    return `127.0.0.1:${(this.bootstrap.address() as AddressInfo).port}`;
  }

  async records(topic: string): Promise<readonly KafkaRecord[]> {
    const { records, failure } = await this.#ask(topic);
    if (records === undefined) throw new Error(`the topic ${topic} cannot be read: ${failure}`);
    return records;
  }

  async stop(): Promise<void> {
    this.bootstrap.close();
    if (!this.#isRunning) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  get #isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async #ask(topic: string): Promise<HelperAnswer> {
    if (!this.#isRunning) throw new Error(`the Kafka cluster has ended:\n${this.output()}`);
    const id = (this.#questions += 1);
    const answered = new Promise<HelperAnswer>((resolve) => this.#waiting.set(id, resolve));
    this.child.send({ id, brokers: this.brokerAddress, topic });
    return await answered;
  }
}

/**
 * Starts a cluster of librdkafka's mock brokers, which speak Kafka's protocol and keep topics in memory.
 *
 * @param port where clients find it, for one that comes up later than they do
 */
export async function startKafka({ port = 0 } = {}): Promise<KafkaCluster> {
  const module = await kafkaModulePath();
  const child = fork(new URL(CLUSTER), [module, String(BROKERS)], { silent: true });
  const output = outputOf(child);
  try {
    const address = await mockBrokerIn(output);
    const bootstrap = await kafkaBootstrap(Number(address.split(':').at(-1)), port);
    return new Cluster(child, bootstrap, address, output);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
