import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import { freePort, randomPassword } from '@jangteo/infra';
import {
  Authority,
  kafkaLogins,
  startRealBroker,
  type RealBroker,
  type RealBrokerOptions,
} from '@jangteo/testkit';
import { testEnvironment } from '@jangteo/tools';

const HOST = 'localhost';
const NODE = 1;
const USER = 'statistics';

/** The way in by TLS and a login, with what is right and what is wrong there. */
export interface SecureWay {
  /** host:port */
  readonly brokers: string;
  readonly user: string;
  readonly password: string;
  /** PEM files of who has issued the broker's certificate, and of somebody else. */
  readonly caFile: string;
  readonly otherCaFile: string;
}

/** Kafka with one broker and one topic, which can die and come back. */
export class Broker {
  #broker: RealBroker | undefined;
  #partitions: number;
  readonly #admin: Admin;

  private constructor(
    private readonly options: RealBrokerOptions,
    readonly topic: string,
    partitions: number,
    readonly secure: SecureWay,
  ) {
    this.#partitions = partitions;
    this.#admin = new Admin({ clientId: 'trial', bootstrapBrokers: [this.address] });
  }

  /** Starts it with a topic of so many partitions. @param folder for all that it writes */
  static async start(folder: string, topic: string, partitions: number): Promise<Broker> {
    const [port, controller, login] = [await freePort(), await freePort(), await freePort()];
    const listeners = `PLAINTEXT://${HOST}:${port},LOGIN://${HOST}:${login}`;
    const keys = join(folder, 'keys');
    await mkdir(keys, { recursive: true });
    const [authority, other] = [await Authority.make(keys, 'authority'), await Authority.make(keys, 'other')];
    const password = randomPassword();
    const users = { [USER]: password };
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': NODE,
      'controller.quorum.voters': `${NODE}@${HOST}:${controller}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,LOGIN:SASL_SSL',
      listeners: `${listeners},CONTROLLER://${HOST}:${controller}`,
      'advertised.listeners': listeners,
      'inter.broker.listener.name': 'PLAINTEXT',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': (await authority.issue(HOST)).both,
      ...kafkaLogins('LOGIN', users),
      'auto.create.topics.enable': 'false',
      'offsets.topic.replication.factor': 1,
    };
    const options = { folder: join(folder, 'kafka'), port, properties, users, env: testEnvironment(folder) };
    const broker = new Broker(options, topic, partitions, {
      brokers: `${HOST}:${login}`,
      user: USER,
      password,
      caFile: authority.certificate,
      otherCaFile: other.certificate,
    });
    try {
      await broker.launch();
      await broker.makeTopic(topic, partitions);
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

  async makeTopic(topic: string, partitions: number): Promise<void> {
    await this.#admin.createTopics({ topics: [topic], partitions, replicas: 1 });
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
  async send(values: readonly string[], topic = this.topic): Promise<void> {
    const producer = new Producer({
      clientId: 'stranger',
      bootstrapBrokers: [this.address],
      serializers: stringSerializers,
    });
    try {
      await producer.send({ messages: values.map((value) => ({ topic, key: value, value })) });
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
