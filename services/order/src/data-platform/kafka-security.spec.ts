import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@jangteo/contracts';
import { readConfig, serviceEnv } from '@jangteo/service';
import { dataPlatformEnv } from './data-platform.config.js';
import { sinkOf } from './data-platform.module.js';
import { readSecurity } from './kafka-security.js';

type Settings = Readonly<Record<string, string>>;

const start = (settings: Settings) =>
  sinkOf(readConfig({ ...serviceEnv, ...dataPlatformEnv }, { HTTP_PORT: '0', ...settings }));

const SECURE = { DATA_PLATFORM_URL: 'kafka+ssl://broker:9093/orders' };
const LOGIN = {
  DATA_PLATFORM_KAFKA_MECHANISM: 'SCRAM-SHA-256',
  DATA_PLATFORM_KAFKA_USER: 'shop',
  DATA_PLATFORM_KAFKA_PASSWORD: 'hidden-one',
};
/** Without one of its variables. */
const but = (settings: Settings, name: string): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'security-'));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  await writeFile(join(folder, 'ca'), rootCertificates.slice(0, 2).join('\n'));
  await writeFile(join(folder, 'key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const sealed = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hidden' } as const;
  await writeFile(join(folder, 'sealed'), privateKey.export(sealed));
  await writeFile(join(folder, 'text'), 'hidden\n');
  await writeFile(
    join(folder, 'broken'),
    '-----BEGIN CERTIFICATE-----\naGlkZGVu\n-----END CERTIFICATE-----\n',
  );
  await writeFile(join(folder, 'empty'), '\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** Names of variables without what they share, and of files in the folder. */
const files = (named: Settings): Settings =>
  Object.fromEntries(
    Object.entries(named).map(([name, file]) => [`DATA_PLATFORM_KAFKA_${name}_FILE`, join(folder, file)]),
  );

describe('the way to Kafka', () => {
  it.each<[string, Settings]>([
    ['TLS alone', SECURE],
    ['TLS and a login', { ...SECURE, ...LOGIN }],
    ['a login in the clear, outside of production', { ...LOGIN, DATA_PLATFORM_URL: 'kafka://b:9092/orders' }],
    ['TLS in production', { ...SECURE, ...LOGIN, NODE_ENV: 'production' }],
  ])('is taken with %s', (_, settings) => {
    expect(start(settings)?.kind).toBe('kafka');
  });

  it('is taken with an authority', () => {
    expect(start({ ...SECURE, ...files({ CA: 'ca' }) })?.kind).toBe('kafka');
  });

  it('is not asked about where records do not go to Kafka', () => {
    const left = { ...but(LOGIN, 'DATA_PLATFORM_KAFKA_USER'), DATA_PLATFORM_URL: 'none' };
    expect(start(left)).toBeUndefined();
  });

  it.each<[string, string, Settings]>([
    ['DATA_PLATFORM_KAFKA_USER', 'is needed to log in', but(LOGIN, 'DATA_PLATFORM_KAFKA_USER')],
    ['DATA_PLATFORM_KAFKA_PASSWORD', 'is needed to log in', but(LOGIN, 'DATA_PLATFORM_KAFKA_PASSWORD')],
    ['DATA_PLATFORM_KAFKA_MECHANISM', 'is needed with', but(LOGIN, 'DATA_PLATFORM_KAFKA_MECHANISM')],
    [
      'DATA_PLATFORM_KAFKA_MECHANISM',
      'expected one of',
      { ...LOGIN, DATA_PLATFORM_KAFKA_MECHANISM: 'GSSAPI' },
    ],
  ])('is refused by the name of %s: %s', (variable, problem, settings) => {
    const starting = () => start({ ...SECURE, ...settings });
    expect(starting).toThrow(ConfigurationError);
    expect(starting).toThrow(`${variable}: `);
    expect(starting).toThrow(problem);
    expect(starting).not.toThrow('hidden');
  });

  it.each<[string, string, Settings]>([
    ['CA', 'cannot be read (ENOENT)', { CA: 'nowhere' }],
    ['CA', 'holds no certificate', { CA: 'text' }],
    ['CA', 'holds no certificate', { CA: 'broken' }],
    ['KEY', 'is needed with', { CERTIFICATE: 'ca' }],
    ['CERTIFICATE', 'is needed with', { KEY: 'key' }],
    ['CERTIFICATE', 'holds no certificate', { CERTIFICATE: 'key', KEY: 'key' }],
    ['KEY', 'cannot be read (ENOENT)', { CERTIFICATE: 'ca', KEY: 'nowhere' }],
    ['KEY', 'holds no private key', { CERTIFICATE: 'ca', KEY: 'text' }],
    ['KEY', 'holds no private key', { CERTIFICATE: 'ca', KEY: 'sealed' }],
    ['KEY', 'is not the key of', { CERTIFICATE: 'ca', KEY: 'key' }],
    ['PASSWORD', 'may not stand beside', { PASSWORD: 'text' }],
  ])('is refused by the file of %s, which %s: %j', (variable, problem, named) => {
    const starting = () => start({ ...SECURE, ...LOGIN, ...files(named) });
    expect(starting).toThrow(ConfigurationError);
    expect(starting).toThrow(`DATA_PLATFORM_KAFKA_${variable}_FILE: `);
    expect(starting).toThrow(problem);
    expect(starting).not.toThrow('hidden');
  });

  it('is refused with an empty file for a password', () => {
    const settings = { ...but(LOGIN, 'DATA_PLATFORM_KAFKA_PASSWORD'), ...files({ PASSWORD: 'empty' }) };
    expect(() => start({ ...SECURE, ...settings })).toThrow('PASSWORD_FILE: the file is empty');
  });

  it.each(['Changeme-1', 'shop-7'])(
    'is refused in production by a password that everybody knows, or that is the user: %s',
    async (password) => {
      await writeFile(join(folder, 'default'), `${password}\n`);
      const user = { ...but(LOGIN, 'DATA_PLATFORM_KAFKA_PASSWORD'), DATA_PLATFORM_KAFKA_USER: 'shop-7' };
      const sources: [string, Settings][] = [
        ['PASSWORD: is', { DATA_PLATFORM_KAFKA_PASSWORD: password }],
        ['PASSWORD_FILE: the file holds', files({ PASSWORD: 'default' })],
      ];
      for (const [problem, source] of sources) {
        const starting = (NODE_ENV: string) => () => start({ ...SECURE, ...user, ...source, NODE_ENV });
        expect(starting('production')).toThrow(`DATA_PLATFORM_KAFKA_${problem} a default password`);
        expect(starting('production')).not.toThrow(password);
        expect(starting('development')()?.kind).toBe('kafka');
      }
    },
  );

  it.each(['CA', 'CERTIFICATE'])('is refused with a file for TLS where there is no TLS: %s', (name) => {
    const named: Settings = name === 'CA' ? { CA: 'ca' } : { CERTIFICATE: 'ca', KEY: 'key' };
    const starting = () => start({ DATA_PLATFORM_URL: 'kafka://broker:9092/orders', ...files(named) });
    expect(starting).toThrow(`DATA_PLATFORM_KAFKA_${name}_FILE: is for kafka+ssl://`);
  });
});

describe('what the client is told', () => {
  it('is to verify certificates, always', () => {
    expect(readSecurity({ tls: {} }, ['broker:9093']).tls).toEqual({ rejectUnauthorized: true });
  });

  it('is nothing where nothing is set', () => {
    expect(readSecurity({}, ['broker:9092'])).toEqual({});
  });

  it('is the password of a file without the newline at its end', () => {
    const password = { setting: 'DATA_PLATFORM_KAFKA_PASSWORD_FILE', path: join(folder, 'text') } as const;
    const login = { mechanism: 'PLAIN', user: 'shop', password } as const;
    expect(readSecurity({ login }, ['broker:9092']).sasl?.password).toBe('hidden');
  });

  it('is no password that everybody knows, where one comes into the file later', async () => {
    const password = { setting: 'DATA_PLATFORM_KAFKA_PASSWORD_FILE', path: join(folder, 'later') } as const;
    const login = { mechanism: 'PLAIN', user: 'shop', password } as const;
    await writeFile(password.path, 'shop');
    const reading = (takesKnown: boolean) => () =>
      readSecurity({ login: { ...login, takesKnown } }, ['broker:9092']).sasl?.password;
    expect(reading(false)).toThrow('the file holds a default password');
    expect(reading(true)()).toBe('shop');
  });

  it.each([
    [['broker:9093', 'b.example.com:1'], true],
    [['broker:9093', '10.0.0.7:9093'], false],
    [['[::1]:9093'], false],
  ])('is to name the host to brokers, where it is a name: %j %s', (brokers, isNamed) => {
    expect(readSecurity({ tls: {} }, brokers).tlsServerName).toBe(isNamed);
  });
});
