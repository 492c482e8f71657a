import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Counter, Gauge } from 'prom-client';
import { Connection, type Handler } from './connection.js';
import { networkOf } from '../domain/network.js';
import type { GatewayConfig } from '../gateway.config.js';
import type { NetworkList } from './network-list.js';

const SWEEP_EVERY_MS_MAX = 1_000;

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
  readonly #countOf = new Map<string, number>();
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
    server.maxConnections = CONNECTIONS_MAX;
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
    const network = this.proxies.has(remoteAddress) ? undefined : networkOf(remoteAddress);
    const connection = new Connection(socket, network, this.#inAll);
    this.#all.set(socket, connection);
    open.set(this.#all.size);
    socket.once('close', () => this.#closed(connection));
    if (network === undefined) return;
    const count = (this.#countOf.get(network) ?? 0) + 1;
    this.#countOf.set(network, count);
    if (count <= this.limits.CONNECTIONS_PER_ADDRESS_MAX) return;
    cut.inc({ reason: 'address' satisfies Reason });
    connection.endWith(this.refusal());
  }

  #closed(connection: Connection): void {
    const { socket, network } = connection;
    connection.closed();
    this.#all.delete(socket);
    open.set(this.#all.size);
    if (network === undefined) return;
    const left = (this.#countOf.get(network) ?? 1) - 1;
    if (left > 0) this.#countOf.set(network, left);
    else this.#countOf.delete(network);
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
