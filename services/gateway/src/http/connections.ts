import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Counter, Gauge } from 'prom-client';
import { Connection, type Handler } from './connection.js';
import type { GatewayConfig } from '../gateway.config.js';
import type { NetworkList } from './network-list.js';
import { sharesOfAddress } from './shares.js';

const SWEEP_EVERY_MS_MAX = 1_000;

/** Connections beyond the most that there may be, while those that they take the place of are closing. */
const CLOSING_MAX = 100;

/** How long the network that holds most is taken for that: to find it, all are looked at. */
const LARGEST_FOR_MS = 100;

/** The connections of a network, of which one client's share may have a number. */
interface Holder {
  readonly share: number;
  readonly connections: Set<Connection>;
}

export type ConnectionLimits = Pick<
  GatewayConfig,
  'ANSWER_SENDING_DEADLINE_MS' | 'CONNECTIONS_MAX' | 'CONNECTIONS_PER_ADDRESS_MAX' | 'UNSENT_BYTES_MAX'
>;

const open = new Gauge({ name: 'gateway_connections_open', help: 'Connections of clients' });

const cut = new Counter({
  name: 'gateway_connections_cut_total',
  help: 'Connections refused or cut off: too many of them, of one address or in one, or too slow to read',
  labelNames: ['reason'] as const,
});

type Reason = 'connections' | 'address' | 'pipelined' | 'answer not read' | 'unsent bytes';

/** The connections of all clients, how many there may be, and how long they may take to read. */
export class Connections {
  readonly #all = new Map<Socket, Connection>();
  readonly #holders = new Map<string, Holder>();
  #largest: { readonly holder: Holder; readonly untilMs: number } | undefined;
  readonly #inAll = { waiting: 0 };

  /** @param refusal what somebody is told who has too many connections */
  constructor(
    private readonly limits: ConnectionLimits,
    private readonly proxies: NetworkList,
    private readonly refusal: () => string,
  ) {}

  of(socket: Socket): Connection | undefined {
    return this.#all.get(socket);
  }

  /** Makes a handler that works on one request of each connection at a time. */
  oneByOne(handle: Handler): Handler {
    return (request, response) => {
      const { socket } = request;
      const isTaken = this.of(socket)?.take(request, response, handle) ?? false;
      if (!isTaken) this.#cutOff(socket, 'pipelined');
    };
  }

  watch(server: Server): void {
    const { ANSWER_SENDING_DEADLINE_MS: deadlineMs, CONNECTIONS_MAX } = this.limits;
    server.maxConnections = CONNECTIONS_MAX + CLOSING_MAX;
    server.on('drop', () => cut.inc({ reason: 'connections' satisfies Reason }));
    server.on('connection', (socket) => this.#opened(socket));
    server.on('listening', () => {
      const sweep = setInterval(() => this.#sweep(), Math.min(SWEEP_EVERY_MS_MAX, deadlineMs / 2));
      sweep.unref();
      server.once('close', () => clearInterval(sweep));
    });
  }

  /** Ends those that nobody is served on: silent ones, and those on which a request never quite arrives. */
  endUnserved(): void {
    for (const [socket, connection] of this.#all) if (!connection.isServed) socket.destroy();
  }

  #opened(socket: Socket): void {
    const { remoteAddress = '' } = socket;
    const shares = this.proxies.has(remoteAddress) ? [] : sharesOfAddress(remoteAddress);
    const connection = new Connection(socket, shares, this.#inAll);
    this.#all.set(socket, connection);
    open.set(this.#all.size);
    socket.once('close', () => this.#closed(connection));
    if (!this.#isWithinLimits(connection)) {
      cut.inc({ reason: 'address' satisfies Reason });
      connection.endWith(this.refusal());
    } else if (this.#all.size > this.limits.CONNECTIONS_MAX) this.#makeRoomFor(connection);
  }

  /** Counts a connection in its networks, the narrowest first, and in none around one that has too many. */
  #isWithinLimits(connection: Connection): boolean {
    return connection.shares.every(([network, share]) => {
      const holder = this.#holders.get(network) ?? { share, connections: new Set() };
      this.#holders.set(network, holder);
      holder.connections.add(connection);
      return holder.connections.size <= this.limits.CONNECTIONS_PER_ADDRESS_MAX * share;
    });
  }

  /**
   * Closes a connection of the network that holds most: one on which nothing is asked, or else on which a request does
   * not quite arrive. Where there is none, the newcomer has to go.
   */
  #makeRoomFor(newcomer: Connection): void {
    const own = this.#largestHolder()?.connections ?? new Set<Connection>();
    const leaving =
      firstOf(own, ({ isIdle }) => isIdle) ?? firstOf(own, ({ isServed }) => !isServed) ?? newcomer;
    this.#cutOff(leaving.socket, 'connections');
    this.#closed(leaving);
  }

  #largestHolder(): Holder | undefined {
    const nowMs = performance.now();
    const known = this.#largest;
    if (known !== undefined && nowMs < known.untilMs && known.holder.connections.size > 0)
      return known.holder;
    let largest: Holder | undefined;
    for (const holder of this.#holders.values()) {
      if (largest === undefined || partOf(holder) > partOf(largest)) largest = holder;
    }
    this.#largest = largest && { holder: largest, untilMs: nowMs + LARGEST_FOR_MS };
    return largest;
  }

  #closed(connection: Connection): void {
    const { socket, shares } = connection;
    if (!this.#all.delete(socket)) return;
    connection.closed();
    open.set(this.#all.size);
    for (const [network] of shares) {
      const holder = this.#holders.get(network);
      holder?.connections.delete(connection);
      if (holder?.connections.size === 0) this.#holders.delete(network);
    }
  }

  /** Cuts off who does not read an answer in time, and where too much waits to be read, who has most of it. */
  #sweep(): void {
    const { ANSWER_SENDING_DEADLINE_MS: deadlineMs, UNSENT_BYTES_MAX: bytesMax } = this.limits;
    const nowMs = performance.now();
    let bytes = 0;
    for (const [socket, connection] of this.#all) {
      if (connection.isSendingLongerThan(deadlineMs, nowMs)) this.#cutOff(socket, 'answer not read');
      else bytes += socket.writableLength;
    }
    if (bytes <= bytesMax) return;
    const byBytes = [...this.#all.keys()].sort((one, other) => other.writableLength - one.writableLength);
    for (const socket of byBytes) {
      if (bytes <= bytesMax) return;
      bytes -= socket.writableLength;
      this.#cutOff(socket, 'unsent bytes');
    }
  }

  #cutOff(socket: Socket, reason: Reason): void {
    if (socket.destroyed) return;
    cut.inc({ reason });
    socket.destroy();
  }
}

/** What a network holds of what it may. */
const partOf = ({ share, connections }: Holder): number => connections.size / share;

function firstOf(all: Iterable<Connection>, is: (one: Connection) => boolean): Connection | undefined {
  for (const one of all) if (is(one)) return one;
  return undefined;
}
