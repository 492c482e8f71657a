import { randomBytes } from 'node:crypto';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { createServiceDatabase } from '@jangteo/infra';
import { Database, databaseEnv, OUTCOMES_TABLE, type DatabaseConfig } from '../src/index.js';
import { z } from 'zod';

/** A database of its own for one test file. */
export interface Scratch {
  readonly url: string;
  open(overrides?: Record<string, unknown>): Database;
  drop(): Promise<void>;
}

/** Makes a database with the table of outcomes and one table of counters. */
export async function scratchDatabase(): Promise<Scratch> {
  const adminUrl = process.env['POSTGRES_URL'];
  if (adminUrl === undefined) throw new Error('POSTGRES_URL must name a PostgreSQL superuser');
  const name = `scratch_${randomBytes(6).toString('hex')}`;
  const url = await createServiceDatabase(adminUrl, { name, user: name, password: name });
  const opened: Database[] = [];
  const setup = new pg.Client({ connectionString: url });
  await setup.connect();
  await setup.query(`${OUTCOMES_TABLE}; CREATE TABLE counters (id text PRIMARY KEY, value bigint NOT NULL)`);
  await setup.end();
  return {
    url,
    open(overrides = {}) {
      const config: DatabaseConfig = z.object(databaseEnv).parse({ DATABASE_URL: url, ...overrides });
      const database = new Database(config);
      opened.push(database);
      return database;
    },
    async drop() {
      await Promise.all(opened.map((database) => database.onApplicationShutdown()));
      const admin = new pg.Client({ connectionString: adminUrl });
      await admin.connect();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.query(`DROP ROLE ${name}`);
      await admin.end();
    },
  };
}

/** A TCP relay in front of PostgreSQL that can swallow everything from now on. */
export async function blackHole(target: string): Promise<{ url: string; hole(): void; close(): void }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let swallowing = false;
  const server: Server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => swallowing || to.write(bytes));
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    hole: () => (swallowing = true),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function packet(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** A server that lets everybody in and ends their session with the very same bytes. */
export async function doorSlammer(): Promise<{ url: string; close(): void }> {
  const welcome = [packet('R', Buffer.alloc(4)), packet('Z', Buffer.from('I'))];
  const farewell = packet('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0'));
  const server: Server = createServer((client) => {
    client.on('error', () => undefined);
    client.once('data', () => client.end(Buffer.concat([...welcome, farewell])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `postgres://anybody@127.0.0.1:${port}/any`, close: () => server.close() };
}
