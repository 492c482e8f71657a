import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer, connect } from 'node:net';

/** Below the range from which systems take ports for outgoing connections. */
const portRange = { first: 20_000, last: 31_999 };

/** Ports tried at random before there are said to be none. */
const ATTEMPTS = 1_000;

/**
 * A TCP port on the loopback address that nobody listens on now, and that nobody else is given by this function
 * until this process ends: between the choice of a port and the start of its server lie seconds. It lies where no
 * outgoing connection can come to sit, so that a server that is restarted finds its port free again.
 * @throws Error when there is none
 */
export async function freePort({ first, last } = portRange): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(first, last + 1);
    if ((await claim(port)) && (await listenProblem(port, '127.0.0.1')) === undefined) return port;
  }
  throw new Error(`There is no free port from ${first} to ${last}`);
}

/**
 * Claims a TCP port by taking the UDP port of the same number, which is of no other use here: the system tells
 * processes apart, and forgets the claim with the process.
 */
async function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.unref();
      resolve(true);
    });
  });
}

/** The error that keeps a server from listening on this address and port now (`EADDRINUSE`, `EACCES` …), if any. */
export async function listenProblem(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host }, () => server.close(() => resolve(undefined)));
  });
}

/** Sends bytes to a loopback server and returns its first answer; undefined where none came in time. */
async function ask(
  port: number,
  host: string,
  question: Buffer,
  timeoutMs: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const finish = (answer?: Buffer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish());
    socket.once('error', () => finish());
    socket.once('close', () => finish());
    socket.once('connect', () => socket.write(question));
    socket.once('data', finish);
  });
}

/**
 * Checks that an AMQP 0-9-1 broker answers there: it speaks only after the client's protocol header, so an accepted
 * connection alone proves nothing (Docker's proxy accepts long before the broker does).
 */
export async function answersAmqp(port: number, host = '127.0.0.1', timeoutMs = 2_000): Promise<boolean> {
  const answer = await ask(port, host, Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'), timeoutMs);
  // Connection.Start is a method frame (type 1); a refusal repeats the protocol header ("AMQP").
  return answer?.[0] === 1;
}

/** Checks that the Redis or Valkey that has this password, and no other one, answers there. */
export async function answersRedis(
  port: number,
  password: string,
  host = '127.0.0.1',
  timeoutMs = 2_000,
): Promise<boolean> {
  const answer = await ask(port, host, Buffer.from(`AUTH ${password}\r\n`, 'latin1'), timeoutMs);
  return answer?.toString('latin1').startsWith('+OK') === true;
}

/** Asks Erlang's name server on this port, if there is one, to end; it refuses while nodes are running. */
export async function endEpmd(port: number): Promise<void> {
  await ask(port, '127.0.0.1', Buffer.from('\x00\x01k', 'latin1'), 1_000);
}
