import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@jangteo/contracts';
import { readConfig, serviceEnv } from '@jangteo/service';
import { dataPlatformEnv, destinationOf, type Destination } from './data-platform.config.js';

const read = (environment: Record<string, string>): Destination =>
  destinationOf(readConfig({ ...serviceEnv, ...dataPlatformEnv }, { HTTP_PORT: '0', ...environment }));
const SECRET = 'a secret of the shop';

describe('the destination of records', () => {
  it('is a file in .local where none is named', () => {
    expect(read({})).toEqual({ kind: 'file', path: `${process.cwd()}/.local/data-platform.ndjson` });
  });

  it.each<[string, Destination]>([
    ['none', { kind: 'none' }],
    ['file:/var/lib/orders.ndjson', { kind: 'file', path: '/var/lib/orders.ndjson' }],
    ['file:///var/lib/with%20space', { kind: 'file', path: '/var/lib/with space' }],
    ['kafka://broker:9092/orders', { kind: 'kafka', brokers: ['broker:9092'], topic: 'orders' }],
    ['kafka://a:9092,[::1]:9093/o-1.x', { kind: 'kafka', brokers: ['a:9092', '[::1]:9093'], topic: 'o-1.x' }],
    [
      'kafka+ssl://broker:9093,b:9093/orders',
      { kind: 'kafka', brokers: ['broker:9093', 'b:9093'], topic: 'orders', tls: {} },
    ],
  ])('is read from %s', (DATA_PLATFORM_URL, destination) => {
    expect(read({ DATA_PLATFORM_URL })).toEqual(destination);
  });

  it('takes a secret with an address over HTTP, and needs it in production', () => {
    const DATA_PLATFORM_URL = 'https://data.example.com/orders?source=shop';
    const url = new URL(DATA_PLATFORM_URL);
    expect(read({ DATA_PLATFORM_URL })).toEqual({ kind: 'http', url, secret: undefined });
    const production = { DATA_PLATFORM_URL, NODE_ENV: 'production' };
    expect(() => read(production)).toThrow('DATA_PLATFORM_SECRET');
    expect(read({ ...production, DATA_PLATFORM_SECRET: SECRET })).toMatchObject({ secret: SECRET });
  });

  it.each(['http://10.0.0.7/orders', 'kafka://broker:9092/orders'])(
    'is not open to everybody on the way in production, unless somebody says so: %s',
    (DATA_PLATFORM_URL) => {
      const production = { DATA_PLATFORM_URL, DATA_PLATFORM_SECRET: SECRET, NODE_ENV: 'production' };
      expect(() => read(production)).toThrow(/DATA_PLATFORM_URL.*DATA_PLATFORM_ALLOW_PLAINTEXT=true/);
      expect(() => read({ ...production, DATA_PLATFORM_ALLOW_PLAINTEXT: 'false' })).toThrow(
        'DATA_PLATFORM_URL',
      );
      expect(read({ ...production, DATA_PLATFORM_ALLOW_PLAINTEXT: 'true' }).kind).not.toBe('none');
      expect(read({ ...production, NODE_ENV: 'development' }).kind).not.toBe('none');
    },
  );

  it.each([
    'ftp://example.com',
    'file://elsewhere/orders',
    'http://',
    'https://user:hidden@example.com/',
    'kafka://broker/orders',
    'kafka://broker:9092',
    'kafka://broker:9092/',
    'kafka://broker:9092,/orders',
    'kafka://user:hidden@broker:9092/orders',
    'kafka://broker:9092/orders/more',
    'kafka+ssl://broker/orders',
    'kafka+ssl://user:hidden@broker:9093/orders',
    'kafka+tls://broker:9093/orders',
  ])('is refused by the name of its variable when it is %s', (DATA_PLATFORM_URL) => {
    const reading = (): unknown => read({ DATA_PLATFORM_URL });
    expect(reading).toThrow(ConfigurationError);
    expect(reading).toThrow('DATA_PLATFORM_URL');
    expect(reading).not.toThrow('hidden');
  });
});
