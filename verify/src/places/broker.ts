import { join } from 'node:path';
import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import { freePort } from '@jangteo/infra';
import { startRealBroker, type RealBroker, type RealBrokerOptions } from '@jangteo/testkit';
import { testEnvironment } from '@jangteo/tools';

const HOST = 'localhost';
const NODE = 1;

/** Kafka with one broker and one topic, which can die and come back. */
export class Broker {
  #broker: RealBroker | undefined;
  #partitions: number;
  readonly #admin: Admin;

  private constructor(
    private readonly options: RealBrokerOptions,
    readonly topic: string,
    partitions: number,
  ) {
    this.#partitions = partitions;
    this.#admin = new Admin({ clientId: 'trial', bootstrapBrokers: [this.address] });
  }

  /** Starts it with a topic of so many partitions. @param folder for all that it writes */
  static async start(folder: string, topic: string, partitions: number): Promise<Broker> {
    const [port, controller] = [await freePort(), await freePort()];
    const listener = `PLAINTEXT://${HOST}:${port}`;
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': NODE,
      'controller.quorum.voters': `${NODE}@${HOST}:${controller}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      listeners: `${listener},CONTROLLER://${HOST}:${controller}`,
      'advertised.listeners': listener,
      'auto.create.topics.enable': 'false',
      'offsets.topic.replication.factor': 1,
    };
    const options = { folder: join(folder, 'kafka'), port, properties, env: testEnvironment(folder) };
    const broker = new Broker(options, topic, partitions);
    try {
      await broker.launch();
      await broker.#admin.createTopics({ topics: [topic], partitions, replicas: 1 });
    } catch (error) {
      await broker.stop().catch(() => undefined);
      throw error;
    }
    return broker;
  }

  /** As in `kafka://address/topic`. */
  get address(): string {
    return `${HOST}:${this.options.port}`;
  }

  /** File of what it has said. */
  get logPath(): string {
    return join(this.options.folder, 'output.log');
  }

  /** Starts it again with what it has stored. */
  async launch(): Promise<void> {
    this.#broker = await startRealBroker(this.options);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#broker?.kill();
    this.#broker = undefined;
  }

  async addPartition(): Promise<number> {
    this.#partitions += 1;
    const assignments = [{ brokerIds: [NODE] }];
    await this.#admin.createPartitions({
      topics: [{ name: this.topic, count: this.#partitions, assignments }],
    });
    return this.#partitions;
  }

  /** Puts values into the topic that the shop never sent. */
  async send(values: readonly string[]): Promise<void> {
    const producer = new Producer({
      clientId: 'stranger',
      bootstrapBrokers: [this.address],
      serializers: stringSerializers,
    });
    try {
      await producer.send({ messages: values.map((value) => ({ topic: this.topic, key: value, value })) });
    } finally {
      await producer.close();
    }
  }

  async stop(): Promise<void> {
    try {
      await this.#admin.close();
    } finally {
      await this.kill();
    }
  }
}
