import { randomInt } from 'node:crypto';
import { createServer, connect } from 'node:net';

/** Below the range from which systems take ports for outgoing connections. */
const portRange = { first: 20_000, last: 31_999 };

/**
 * A TCP port on the loopback address that nobody listens on now. It lies where no outgoing connection can
 * come to sit, so that a server that is restarted finds its port free again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(portRange.first, portRange.last + 1);
    if ((await listenProblem(port, '127.0.0.1')) === undefined) return port;
  }
}

/** Why no server could listen on this address and port now (`EADDRINUSE`, `EACCES` …); undefined if one could. */
export async function listenProblem(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host }, () => server.close(() => resolve(undefined)));
  });
}

/**
 * Whether an AMQP 0-9-1 broker answers there: it speaks first only after the client's protocol header,
 * so an accepted connection alone proves nothing (Docker's proxy accepts long before the broker does).
 */
export async function answersAmqp(port: number, host = '127.0.0.1', timeoutMs = 2_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write(Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1])));
    // Connection.Start is a method frame (type 1); a refusal repeats the protocol header ("AMQP").
    socket.once('data', (frame) => finish(frame[0] === 1));
  });
}
