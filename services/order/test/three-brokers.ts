import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import { freePort, startRealBroker, uniqueName, type RealBroker } from '@jangteo/testkit';
import { readTopic, type TopicRecord } from './topic-records.js';

const HOST = 'localhost';
const BROKERS = [1, 2, 3] as const;
/** A node of its own, so that any brokers may be lost and the others still hear of it. */
const CONTROLLER = 4;
type Node = (typeof BROKERS)[number] | typeof CONTROLLER;
const NODES: readonly Node[] = [...BROKERS, CONTROLLER];
const PARTITIONS = 6;
const HEAP_MB = 192;
/** For brokers on a machine with much else to do. */
const START_MS = 200_000;
/** How soon a broker that is gone is known to be. */
const SESSION_MS = 6_000;

/** Kafka of three brokers, each of which can be lost and come back with what it has stored. */
export class ThreeBrokers {
  readonly #running = new Map<Node, RealBroker>();

  private constructor(
    private readonly folder: string,
    private readonly ports: ReadonlyMap<Node, number>,
    private readonly admin: Admin,
  ) {}

  static async start(): Promise<ThreeBrokers> {
    const ports = new Map<Node, number>();
    for (const node of NODES) ports.set(node, await freePort());
    const bootstrapBrokers = BROKERS.map((id) => `${HOST}:${ports.get(id)}`);
    const folder = await mkdtemp(join(tmpdir(), 'kafkas-'));
    const cluster = new ThreeBrokers(folder, ports, new Admin({ clientId: 'test', bootstrapBrokers }));
    try {
      await cluster.bring(CONTROLLER);
      await cluster.bring(...BROKERS);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** `host:port` of each. */
  get addresses(): string[] {
    return BROKERS.map((id) => `${HOST}:${this.ports.get(id)}`);
  }

  /** Makes a topic that every broker has a copy of, and two have to have before anything is confirmed. */
  async topic(): Promise<string> {
    const topic = uniqueName('orders');
    await this.admin.createTopics({
      topics: [topic],
      partitions: PARTITIONS,
      replicas: BROKERS.length,
      configs: [{ name: 'min.insync.replicas', value: '2' }],
    });
    return topic;
  }

  /** Reads all that a topic has. */
  async records(topic: string): Promise<TopicRecord[]> {
    const partitions = Array.from({ length: PARTITIONS }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: ListOffsetTimestamps.LATEST,
    }));
    const [listed] = await this.admin.listOffsets({ topics: [{ name: topic, partitions }] });
    const count = listed!.partitions.reduce((sum, { offset }) => sum + Number(offset), 0);
    return await readTopic(this.addresses, topic, count);
  }

  /** Starts these nodes, or starts them again. */
  async bring(...nodes: readonly Node[]): Promise<void> {
    await Promise.all(nodes.map(async (node) => void this.#running.set(node, await this.#startNode(node))));
  }

  /** SIGKILL to these. */
  async lose(...nodes: readonly Node[]): Promise<void> {
    await Promise.all(nodes.map(async (node) => await this.#running.get(node)?.kill()));
    for (const node of nodes) this.#running.delete(node);
  }

  async stop(): Promise<void> {
    await this.admin.close();
    await this.lose(...NODES);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #startNode(node: Node): Promise<RealBroker> {
    const port = this.ports.get(node)!;
    const isController = node === CONTROLLER;
    const listener = `${isController ? 'CONTROLLER' : 'PLAINTEXT'}://${HOST}:${port}`;
    return await startRealBroker({
      folder: join(this.folder, String(node)),
      port,
      heapMb: HEAP_MB,
      properties: {
        'process.roles': isController ? 'controller' : 'broker',
        'node.id': node,
        'controller.quorum.voters': `${CONTROLLER}@${HOST}:${this.ports.get(CONTROLLER)}`,
        'controller.listener.names': 'CONTROLLER',
        'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
        listeners: listener,
        ...(isController ? {} : { 'advertised.listeners': listener }),
        'auto.create.topics.enable': 'false',
        'initial.broker.registration.timeout.ms': START_MS,
        'broker.session.timeout.ms': SESSION_MS,
        'broker.heartbeat.interval.ms': SESSION_MS / 12,
        'offsets.topic.replication.factor': BROKERS.length,
        'offsets.topic.num.partitions': 1,
        'group.initial.rebalance.delay.ms': 0,
        // More than this heap unless told.
        'log.cleaner.dedupe.buffer.size': 8 * 1024 ** 2,
      },
    });
  }
}
