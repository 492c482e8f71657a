import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@jangteo/contracts';
import { OutsideDatabase } from './outside-database.js';

const VARIABLE = 'FIGURES_DATABASE_URL';

let server: Server | undefined;
afterEach(() => void server?.close());

/** A server that takes the first words of a connection, says `answer`, and ends. */
async function serverThatSays(answer: string): Promise<{ url: string; heard: Promise<string> }> {
  let hear: (words: string) => void;
  const heard = new Promise<string>((resolve) => (hear = resolve));
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (words) => {
      hear(words.toString('latin1'));
      socket.end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `postgres://u:p@127.0.0.1:${port}/figures`, heard };
}

describe('a database of others', () => {
  it.each([
    ['sslmode=no-verify', `${VARIABLE}: sslmode (or PGSSLMODE) must be one of`],
    [
      'sslmode=verify-full&sslrootcert=/nowhere/ca',
      `sslrootcert in ${VARIABLE} (or PGSSLROOTCERT): the file cannot`,
    ],
  ])('is refused at the start, by the name of its variable, with %s', (parameters, problem) => {
    const making = () => new OutsideDatabase(`postgres://u:p@h/d?${parameters}`, { variable: VARIABLE });
    expect(making).toThrow(ConfigurationError);
    expect(making).toThrow(problem);
  });

  it('says why it cannot be read, and which variable to look at', async () => {
    const { url } = await serverThatSays('N');
    const database = new OutsideDatabase(`${url}?sslmode=verify-full`, { variable: VARIABLE });
    await expect(database.rows('SELECT 1')).rejects.toThrow(
      `does not speak TLS, and ${VARIABLE} asks for it`,
    );
    await database.end();
  });

  it('is asked to change nothing and to give up in time, whatever its URL asks for', async () => {
    const { url, heard } = await serverThatSays('');
    const asked = 'options=-c%20search_path%3Dfigures%20-c%20default_transaction_read_only%3Doff';
    const database = new OutsideDatabase(`${url}?${asked}&statement_timeout=0&application_name=shop`);
    await expect(database.rows('SELECT 1')).rejects.toThrow('terminated');
    const words = (await heard).split('\0');
    const valueOf = (name: string) => words[words.indexOf(name) + 1];
    // Of the same setting the last counts.
    expect(valueOf('options')).toMatch(
      /^-c search_path=figures -c default_transaction_read_only=off .*-c default_transaction_read_only=on\b/,
    );
    expect(valueOf('statement_timeout')).toBe('800');
    expect(valueOf('application_name')).toBe('shop');
    await database.end();
  });
});
