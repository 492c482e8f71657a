import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@jangteo/contracts';
import { placeOf } from './encryption.js';

const URL_OF = 'postgres://shop:hidden@db.example:5433/shop';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encryption-'));
  await writeFile(join(folder, 'ca'), rootCertificates[0]!);
});
afterAll(() => rm(folder, { recursive: true }));

/** What a client of this place is told to do for TLS once it connects. */
function tlsOf(parameters: string, environment: NodeJS.ProcessEnv = {}): unknown {
  const { options } = placeOf(`${URL_OF}?${parameters}`, 'DATABASE_URL', environment);
  const client = new options.Client(options);
  const { connection } = client as unknown as { connection: { ssl: unknown; connect: () => void } };
  connection.connect = () => undefined;
  client.connect(() => undefined);
  return connection.ssl;
}

describe('the way to a database', () => {
  it('is its URL as it is, and in the clear, where nothing is said of TLS', () => {
    const url = `${URL_OF}?application_name=a%20b`;
    expect(placeOf(url).options).toMatchObject({ connectionString: url, ssl: false });
    expect(tlsOf('application_name=a')).toBe(false);
    expect(tlsOf('sslmode=disable')).toBe(false);
    expect(tlsOf('ssl=false')).toBe(false);
  });

  it.each(['sslmode=require', 'sslmode=verify-ca', 'sslmode=verify-full', 'ssl=true', 'ssl=1'])(
    'is verified, and for the host, with %s',
    (parameters) => {
      expect(tlsOf(parameters)).toEqual({ rejectUnauthorized: true });
      expect(tlsOf(`${parameters}&uselibpqcompat=true`)).toEqual({ rejectUnauthorized: true });
    },
  );

  it('trusts the authority of a file, or those that Node.js brings', () => {
    const file = `sslrootcert=${join(folder, 'ca')}`;
    const trusting = { rejectUnauthorized: true, ca: rootCertificates[0] };
    expect(tlsOf(file)).toEqual(trusting);
    expect(tlsOf(`sslmode=require&${file}`)).toEqual(trusting);
    expect(tlsOf('sslmode=verify-full&sslrootcert=system')).toEqual({ rejectUnauthorized: true });
    expect(tlsOf('sslrootcert=system')).toEqual({ rejectUnauthorized: true });
    expect(tlsOf('', { PGSSLROOTCERT: 'system' })).toEqual({ rejectUnauthorized: true });
  });

  it('is what libpq’s variables say where the URL does not', () => {
    const environment = { PGSSLMODE: 'require', PGSSLROOTCERT: join(folder, 'ca') };
    expect(tlsOf('', environment)).toEqual({ rejectUnauthorized: true, ca: rootCertificates[0] });
    const files = { PGSSLROOTCERT: '/nowhere/ca', PGSSLCERT: '/nowhere/cert', PGSSLKEY: '/nowhere/key' };
    for (const parameters of ['sslmode=disable', 'ssl=false']) {
      expect(tlsOf(parameters, { PGSSLMODE: 'require', ...files })).toBe(false);
    }
    expect(() => placeOf(URL_OF, 'DATABASE_URL', { PGSSLMODE: 'disable', ...files })).toThrow(
      'PGSSLROOTCERT',
    );
    expect(() => placeOf(URL_OF, 'DATABASE_URL', { PGSSLMODE: 'no-verify' })).toThrow('PGSSLMODE');
  });

  it('leaves the driver no parameter to read for itself, and all others', () => {
    const { connectionString } = placeOf(`${URL_OF}?sslmode=require&options=-c%20a%3Db`).options;
    expect(connectionString).toBe(`${URL_OF}?options=-c+a%3Db`);
  });

  it.each([
    ['sslmode (or PGSSLMODE) must be one of', 'sslmode=prefer'],
    ['sslmode (or PGSSLMODE) must be one of', 'sslmode=no-verify'],
    ['sslmode (or PGSSLMODE) must be one of', 'ssl=no-verify'],
    [
      'sslrootcert in DATABASE_URL (or PGSSLROOTCERT): the file cannot be read',
      'sslmode=verify-full&sslrootcert=/nowhere/ca',
    ],
    [
      'sslrootcert in DATABASE_URL (or PGSSLROOTCERT): is for sslmode=verify-full',
      'sslmode=disable&sslrootcert=/nowhere/ca',
    ],
    [
      'sslrootcert in DATABASE_URL (or PGSSLROOTCERT): is for sslmode=verify-full',
      'sslmode=disable&sslrootcert=system',
    ],
    [
      'sslkey in DATABASE_URL (or PGSSLKEY): is needed with sslcert',
      'sslmode=verify-full&sslcert=/nowhere/cert',
    ],
  ])('is refused, and not shown, where %s: %s', (problem, parameters) => {
    const reading = () => placeOf(`${URL_OF}?${parameters}`);
    expect(reading).toThrow(ConfigurationError);
    expect(reading).toThrow(problem);
    expect(reading).not.toThrow('hidden');
  });

  it('is not taken by a connection whose files cannot be read any more', async () => {
    const file = join(folder, 'gone');
    await writeFile(file, rootCertificates[0]!);
    const { Client, connectionString, ssl } = placeOf(
      `${URL_OF}?sslmode=require&sslrootcert=${file}`,
    ).options;
    await rm(file);
    const problem = 'sslrootcert in DATABASE_URL (or PGSSLROOTCERT): the file cannot be read (ENOENT)';
    await expect(new Client({ connectionString, ssl }).connect()).rejects.toThrow(problem);
    const told = await new Promise((tell) => new Client({ connectionString, ssl }).connect(tell));
    expect(String(told)).toContain(problem);
  });
});
