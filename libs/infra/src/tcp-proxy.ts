import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be broken at will. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Resets every connection that is open; new ones are let through. */
  cut(): void;
  /** While on, nothing passes in either direction and nothing ends: a black hole. New connections too. */
  hole(isOn: boolean): void;
  /** While on, what the server sends is thrown away: requests arrive, answers and confirms do not. */
  dropAnswers(isOn: boolean): void;
  /** While on, new connections are reset at once. */
  refuse(isOn: boolean): void;
  close(): Promise<void>;
}

interface Faults {
  hole: boolean;
  dropAnswers: boolean;
  refuse: boolean;
}

class Pipe {
  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly faults: Faults,
  ) {
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // The other side hears of it by 'close'.
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => {
      if (!this.faults.dropAnswers) client.write(chunk);
    });
    client.on('end', () => server.end());
    server.on('end', () => client.end());
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    this.look();
  }

  /** Lets bytes through or holds them back, as the faults say now. */
  look(): void {
    for (const socket of [this.client, this.server]) {
      if (this.faults.hole) socket.pause();
      else socket.resume();
    }
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }
}

/** Listens on a free loopback port and passes every connection on to its target. */
export async function startTcpProxy({
  targetHost = '127.0.0.1',
  targetPort,
}: {
  targetHost?: string;
  targetPort: number;
}): Promise<TcpProxy> {
  const pipes = new Set<Pipe>();
  const faults: Faults = { hole: false, dropAnswers: false, refuse: false };
  const server = createServer({ pauseOnConnect: true }, (client) => {
    if (faults.refuse) {
      client.resetAndDestroy();
      return;
    }
    const pipe = new Pipe(client, connect({ host: targetHost, port: targetPort }), faults);
    pipes.add(pipe);
    client.on('close', () => pipes.delete(pipe));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    for (const pipe of pipes) pipe.cut();
  };
  return {
    port,
    get connections() {
      return pipes.size;
    },
    cut,
    hole(isOn) {
      faults.hole = isOn;
      for (const pipe of pipes) pipe.look();
    },
    dropAnswers(isOn) {
      faults.dropAnswers = isOn;
    },
    refuse(isOn) {
      faults.refuse = isOn;
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'amqp:': 5672,
};

/**
 * As {@link startTcpProxy}, for a server that is named by a URL.
 *
 * @returns the proxy, and the URL that leads through it
 */
export async function startProxyTo(url: string): Promise<{ proxy: TcpProxy; url: string }> {
  const through = new URL(url);
  const targetPort = Number(through.port || DEFAULT_PORTS[through.protocol]);
  const proxy = await startTcpProxy({ targetHost: through.hostname, targetPort });
  through.hostname = '127.0.0.1';
  through.port = String(proxy.port);
  return { proxy, url: through.href };
}
