import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { backoffMs, nodesOf } from '@jangteo/contracts';
import { readTls, type TlsFiles } from '@jangteo/tls';
import { connect, type AmqpConnectionManager } from 'amqp-connection-manager';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import { Condition } from './condition.js';
import { explainBroker } from './encryption.js';
import { metrics } from './metrics.js';
import { NOT_IN_TIME, within } from './pause.js';

const RECONNECTS = { retryMs: 250, retryMsMax: 2_000 };
/** Of silence while connecting: a server that takes the connection and says nothing is as good as none. */
const CONNECT_DEADLINE_MS = 5_000;
const SETUP_DEADLINE_MS = 10_000;
const CLOSE_DEADLINE_MS = 3_000;

/** Declares and opens on a fresh connection whatever is needed there. */
export type Setup = (connection: ChannelModel) => Promise<void>;

/** The acm and amqplib types hide it, but only the socket can be ended without the peer's consent. */
function socketOf(connection: ChannelModel): Socket {
  return (connection.connection as unknown as { stream: Socket }).stream;
}

/**
 * Lets all frames of one turn of the event loop leave together. amqplib writes each by itself, and a system
 * call that wakes the broker costs more than everything else about a small message.
 */
function gatherWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const flush = (): void => socket.uncork();
  socket.write = ((...args: unknown[]): boolean => {
    if (socket.writableCorked === 0) {
      socket.cork();
      // After what runs in this turn: the frames of all channels come out of one loop.
      process.nextTick(flush);
    }
    return write(...args);
  }) as Socket['write'];
}

function withHeartbeat(url: string, seconds: number): string {
  const parsed = new URL(url);
  parsed.searchParams.set('heartbeat', String(seconds));
  return parsed.toString();
}

/**
 * The nodes in an order of this process's own, so that processes spread over the cluster, also those of a node that
 * has gone; they are tried one after the other.
 */
function shuffled(urls: readonly string[]): string[] {
  const order = urls.map((url) => ({ url, at: Math.random() }));
  return order.toSorted((one, other) => one.at - other.at).map(({ url }) => url);
}

/**
 * One connection that is kept alive. Whatever breaks on it (a channel, a consumer, a setup) takes the
 * whole connection down, so that everything is built anew by the setups, in the order they were added.
 */
export class ReconnectingConnection {
  /** Told when the link comes up, goes down, is blocked or unblocked. */
  readonly changes = new Condition();
  readonly #logger: Logger;
  readonly #setups: Setup[] = [];
  readonly #channels = new Set<Channel>();
  #manager: AmqpConnectionManager | undefined;
  #connection: ChannelModel | undefined;
  /** In a row, to connect or to set up. */
  #failures = 0;
  #isReady = false;
  #isBlocked = false;
  #isClosing = false;

  constructor(
    private readonly name: string,
    private readonly settings: { url: string; heartbeatSeconds: number; tls?: TlsFiles },
  ) {
    this.#logger = new Logger(`ReconnectingConnection:${name}`);
  }

  /** Connected, and every setup done. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The broker reads nothing from this connection now. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  get isStarted(): boolean {
    return this.#manager !== undefined;
  }

  /** Ready to take a publish. */
  get isOpen(): boolean {
    return this.#isReady && !this.#isBlocked;
  }

  addSetup(setup: Setup): void {
    this.#setups.push(setup);
  }

  /** Begins to connect, and keeps at it until {@link close}. Does not wait. */
  start(): void {
    if (this.#manager !== undefined || this.#isClosing) return;
    const { url, heartbeatSeconds, tls = {} } = this.settings;
    const nodes = shuffled(nodesOf(url)).map((node) => withHeartbeat(node, heartbeatSeconds));
    const connectionOptions = {
      // Without it a small frame waits about 40 ms for the peer's delayed ack, on every hop.
      noDelay: true,
      keepAlive: true,
      timeout: CONNECT_DEADLINE_MS,
      clientProperties: { connection_name: this.name },
    };
    let tries = 0;
    const manager = connect(undefined, {
      heartbeatIntervalInSeconds: heartbeatSeconds,
      reconnectTimeInSeconds: RECONNECTS.retryMs / 1_000,
      // One at a time, so that it is asked for each connection: files are read as they are by then.
      findServers: async () => ({
        url: nodes[tries++ % nodes.length] ?? '',
        connectionOptions: { ...connectionOptions, ...readTls(tls) },
      }),
    });
    manager.on('connect', ({ connection }: { connection: ChannelModel }) => void this.#onConnect(connection));
    manager.on('connectFailed', ({ err, url: node }) => this.#onConnectFailed(err, node));
    manager.on('disconnect', ({ err }) => this.#onDisconnect(err));
    manager.on('blocked', ({ reason }) => this.#onBlocked(true, reason));
    manager.on('unblocked', () => this.#onBlocked(false));
    this.#manager = manager;
  }

  /** A channel whose end takes the connection down. */
  async openChannel(connection: ChannelModel): Promise<Channel> {
    return this.#guarded(await connection.createChannel());
  }

  /** As {@link openChannel}, with publisher confirms. */
  async openConfirmChannel(connection: ChannelModel): Promise<ConfirmChannel> {
    return this.#guarded(await connection.createConfirmChannel());
  }

  /**
   * Runs `work` on a channel that is closed afterwards.
   * @throws what `work` throws; an Error when there is no connection
   */
  async onTemporaryChannel(
    work: (channel: Channel) => Promise<void>,
    connection = this.#connection,
  ): Promise<void> {
    if (connection === undefined) throw new Error(`${this.name} is not connected`);
    const channel = await connection.createChannel();
    // A refused declaration closes the channel; whoever awaits `work` hears of it.
    channel.on('error', () => undefined);
    try {
      await work(channel);
    } finally {
      // Fails where the broker has closed it, which says less than what `work` threw.
      await channel.close().catch(() => undefined);
    }
  }

  /** Ends the connection at once, whether or not the peer still listens; it is then built anew. */
  drop(reason: string): void {
    if (this.#connection === undefined || this.#isClosing) return;
    const socket = socketOf(this.#connection);
    // Its channels close with it, and must not be taken for the cause.
    if (socket.destroyed) return;
    this.#logger.warn(`dropping the connection: ${reason}`);
    socket.destroy(new Error(reason));
  }

  /** Ends the connection in order, or by force after a few seconds; there is no way back. */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#setReady(false);
    const connection = this.#connection;
    const closed = this.#closeInOrder().catch((error: unknown) => {
      this.#logger.warn(`did not close in order: ${String(error)}`);
    });
    if ((await within(closed, CLOSE_DEADLINE_MS)) !== NOT_IN_TIME) return;
    this.#logger.warn('did not close in time');
    // Told a second time, since the first time may still wait for a channel: it must not connect again.
    void this.#manager?.close().catch(() => undefined);
    if (connection !== undefined) socketOf(connection).destroy(new Error('did not close in time'));
  }

  /**
   * amqplib writes the end of a connection past what its channels have still buffered, so the last acks and
   * answers would be lost: each channel goes first, behind its own frames.
   */
  async #closeInOrder(): Promise<void> {
    await Promise.allSettled([...this.#channels].map((channel) => channel.close()));
    await this.#manager?.close();
  }

  async #onConnect(connection: ChannelModel): Promise<void> {
    this.#connection = connection;
    gatherWrites(socketOf(connection));
    const setUp = (async () => {
      for (const setup of this.#setups) await setup(connection);
    })();
    try {
      if ((await within(setUp, SETUP_DEADLINE_MS)) === NOT_IN_TIME) throw new Error('setup took too long');
    } catch (error) {
      if (this.#connection !== connection || this.#isClosing) return;
      this.#setFailures(this.#failures + 1);
      this.drop(`setup failed: ${String(error)}`);
      return;
    }
    if (this.#connection !== connection || this.#isClosing) return;
    this.#setFailures(0);
    this.#logger.log('connected');
    this.#setReady(true);
  }

  #onConnectFailed(error: Error, node: unknown): void {
    this.#setFailures(this.#failures + 1);
    const attempt = { tls: this.settings.tls, node: typeof node === 'string' ? node : undefined };
    this.#logger.warn(`cannot connect: ${explainBroker(error, attempt)}`);
  }

  #onDisconnect(error: Error | undefined): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#isBlocked = false;
    this.#setReady(false);
    if (this.#isClosing) return;
    metrics.connectionsLost.inc({ connection: this.name });
    this.#logger.warn(`connection lost, connecting again: ${error?.message ?? 'closed by the broker'}`);
    // amqplib only half-closes its socket, which would outlive a peer that is gone.
    if (connection !== undefined) socketOf(connection).destroy();
  }

  #onBlocked(isBlocked: boolean, reason = ''): void {
    this.#isBlocked = isBlocked;
    this.#logger.warn(
      isBlocked ? `the broker takes nothing now: ${reason}` : 'the broker takes messages again',
    );
    this.changes.notify();
  }

  #setFailures(failures: number): void {
    this.#failures = failures;
    if (this.#manager === undefined) return;
    this.#manager.reconnectTimeInSeconds = backoffMs(RECONNECTS, failures) / 1_000;
  }

  #setReady(isReady: boolean): void {
    this.#isReady = isReady;
    this.changes.notify();
  }

  #guarded<C extends Channel>(channel: C): C {
    channel.on('error', (error) => this.#logger.warn(`channel error: ${error.message}`));
    channel.on('close', () => {
      this.#channels.delete(channel);
      this.drop('a channel closed');
    });
    this.#channels.add(channel);
    return channel;
  }
}
