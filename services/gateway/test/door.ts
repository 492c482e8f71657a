import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import { letGoWhenClosing } from '../src/http/connection-draining.js';
import type { Handler } from '../src/http/connection.js';
import { Connections, type ConnectionLimits } from '../src/http/connections.js';
import { NetworkList } from '../src/http/network-list.js';

export const REFUSAL = 'HTTP/1.1 503 Too many\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** A server behind the gateway's door, without the gateway. */
export interface Door {
  readonly server: FastifyInstance;
  readonly connections: Connections;
  listen(): Promise<number>;
  close(): Promise<void>;
}

export function doorWith(limits: Partial<ConnectionLimits> = {}, proxies?: string, graceMs?: number): Door {
  const all: ConnectionLimits = {
    ANSWER_SENDING_DEADLINE_MS: 60_000,
    CONNECTIONS_MAX: 1_000,
    CONNECTIONS_PER_ADDRESS_MAX: 1_000,
    UNSENT_BYTES_MAX: 67_108_864,
    ...limits,
  };
  const connections = new Connections(all, new NetworkList(proxies), () => REFUSAL);
  const serverFactory = (handle: Handler) => {
    const server = createServer(connections.oneByOne(handle));
    connections.watch(server);
    return server;
  };
  const server = fastify({ serverFactory });
  letGoWhenClosing(server, connections, graceMs);
  return {
    server,
    connections,
    async listen() {
      await server.listen({ port: 0, host: '127.0.0.1' });
      return (server.server.address() as AddressInfo).port;
    },
    async close() {
      server.server.closeAllConnections();
      await server.close();
    },
  };
}
