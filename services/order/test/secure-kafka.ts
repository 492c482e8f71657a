import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AclOperations,
  AclPermissionTypes,
  Admin,
  ResourcePatternTypes,
  ResourceTypes,
} from '@platformatic/kafka';
import {
  Authority,
  freePort,
  kafkaLogins,
  startRealBroker,
  uniqueName,
  type Certificate,
  type RealBroker,
} from '@jangteo/testkit';
import { readTopic, type TopicRecord } from './topic-records.js';

/** The host that the brokers' certificate names; 127.0.0.1 leads there too, and is not in it. */
const HOST = 'localhost';
const LISTENERS = ['CONTROLLER', 'PLAIN', 'TLS', 'MUTUAL', 'LOGIN', 'SESSIONS'] as const;
type Listener = (typeof LISTENERS)[number];
type Ports = Readonly<Record<Listener, number>>;

export const USER = 'shop';
export const PASSWORD = 'right-of-the-shop';
/** Known to one mechanism alone. */
export const PLAIN_ONLY_USER = 'plain-only';
/** How long a login is good on the listener SESSIONS. */
export const SESSION_MS = 2_000;

const LOGINS = { [USER]: PASSWORD, [PLAIN_ONLY_USER]: PASSWORD };

const common = (ports: Ports): Record<string, string | number> => ({
  'controller.quorum.voters': `1@${HOST}:${ports.CONTROLLER}`,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map':
    'CONTROLLER:PLAINTEXT,PLAIN:PLAINTEXT,TLS:SSL,MUTUAL:SSL,LOGIN:SASL_SSL,SESSIONS:SASL_SSL',
  'inter.broker.listener.name': 'PLAIN',
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  // Brokers, and tests where they prepare something, over listeners without a login.
  'super.users': 'User:ANONYMOUS',
  'auto.create.topics.enable': 'false',
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0,
});

type SentRecord = Omit<TopicRecord, 'partition'>;

/** Kafka with a listener for each way in, permissions, and two authorities of which it knows one. */
export class SecureKafka {
  #second: RealBroker | undefined;

  private constructor(
    private readonly folder: string,
    private readonly ports: Ports,
    private readonly first: RealBroker,
    private readonly admin: Admin,
    /** Who issued the brokers' certificate, and whom they trust. */
    readonly authority: Authority,
    readonly stranger: Authority,
    /** Of the client that the brokers know. */
    readonly client: Certificate,
  ) {}

  static async start(): Promise<SecureKafka> {
    const folder = await mkdtemp(join(tmpdir(), 'kafka-'));
    const authority = await Authority.make(folder, 'authority');
    const stranger = await Authority.make(folder, 'stranger');
    const broker = await authority.issue(HOST);
    const client = await authority.issue(USER);
    const entries: [Listener, number][] = [];
    for (const listener of LISTENERS) entries.push([listener, await freePort()]);
    const ports = Object.fromEntries(entries) as Ports;
    const listen = (names: readonly Listener[]): string =>
      names.map((name) => `${name}://${HOST}:${ports[name]}`).join(',');
    const first = await startRealBroker({
      folder: join(folder, 'first'),
      port: ports.LOGIN,
      users: { [USER]: PASSWORD },
      properties: {
        ...common(ports),
        'process.roles': 'broker,controller',
        'node.id': 1,
        listeners: listen(LISTENERS),
        'advertised.listeners': listen(LISTENERS.filter((name) => name !== 'CONTROLLER')),
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': broker.both,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': authority.certificate,
        'listener.name.mutual.ssl.client.auth': 'required',
        ...kafkaLogins('LOGIN', LOGINS),
        ...kafkaLogins('SESSIONS', LOGINS),
        'listener.name.sessions.plain.connections.max.reauth.ms': SESSION_MS,
        'listener.name.sessions.scram-sha-256.connections.max.reauth.ms': SESSION_MS,
        'listener.name.sessions.scram-sha-512.connections.max.reauth.ms': SESSION_MS,
      },
    });
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`${HOST}:${ports.PLAIN}`] });
    return new SecureKafka(folder, ports, first, admin, authority, stranger, client);
  }

  /** The `host:port` of a listener. */
  at(listener: Listener, host = HOST): string {
    return `${host}:${this.ports[listener]}`;
  }

  /** Makes a topic that a user may write to, where one is named. */
  async topic({
    topic = uniqueName('orders'),
    writer = `User:${USER}`,
    configs = {},
    brokers = [1],
  }: {
    readonly topic?: string;
    readonly writer?: string | null;
    readonly configs?: Readonly<Record<string, string>>;
    readonly brokers?: number[];
  } = {}): Promise<string> {
    await this.admin.createTopics({
      topics: [{ topic, assignments: [{ partition: 0, brokers }] }],
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    });
    if (writer !== null) await this.permit(writer, topic);
    return topic;
  }

  /** Lets a user write to a topic, whether it is there or not. */
  async permit(writer: string, topic: string): Promise<void> {
    const target = {
      resourceType: ResourceTypes.TOPIC,
      resourceName: topic,
      resourcePatternType: ResourcePatternTypes.LITERAL,
    };
    const permission = { principal: writer, host: '*', permissionType: AclPermissionTypes.ALLOW };
    const operation = AclOperations.WRITE;
    await this.admin.createAcls({ creations: [{ ...target, ...permission, operation }] });
  }

  /** Reads so many records of a topic from its beginning. */
  async records(topic: string, count: number): Promise<SentRecord[]> {
    const records = await readTopic([this.at('PLAIN')], topic, count);
    return records.map(({ key, value }) => ({ key, value }));
  }

  /** Starts a broker beside the first, which leads nothing; the same one again after it was stopped. */
  async startSecond(): Promise<void> {
    const port = await freePort();
    this.#second = await startRealBroker({
      folder: join(this.folder, 'second'),
      port,
      properties: {
        ...common(this.ports),
        'process.roles': 'broker',
        'node.id': 2,
        listeners: `PLAIN://${HOST}:${port}`,
        'advertised.listeners': `PLAIN://${HOST}:${port}`,
      },
    });
  }

  async stopSecond(): Promise<void> {
    await this.#second?.stop();
    this.#second = undefined;
  }

  async stop(): Promise<void> {
    await this.admin.close();
    await Promise.all([this.first.kill(), this.#second?.kill()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
