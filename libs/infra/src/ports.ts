import { createServer, connect } from 'node:net';

/** A TCP port on the loopback address that nobody listens on now; it may be taken before it is used. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
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
