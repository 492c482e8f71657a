import { describe, expect, it } from '@jest/globals';
import { newSecrets } from './secrets.js';
import { environmentOf, localUrl, readSettings, shownUrl, type ServiceSetting } from './settings.js';
import type { Service } from './services.js';

const secrets = { ...newSecrets(), adminPassword: 'generated', tokenPrivateKey: 'PEM' };
const urls = { databaseUrl: 'postgres://db', amqpUrl: 'amqp://broker' };

function place(service: Service): ServiceSetting {
  const database = { name: 'd', user: 'u', password: 'p', runtimePassword: 'r' };
  const opsPort = service === 'gateway' ? 20_002 : undefined;
  return { service, host: '127.0.0.1', port: 20_001, opsPort, logPath: '/log', database };
}

describe('settings of npm start', () => {
  it('needs nothing to be set', () => {
    expect(readSettings({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      adminEmail: 'admin@jangteo.local',
    });
  });

  it.each(['0', '65536', 'http', '3000.5'])('refuses PORT=%s and OPS_PORT=%s by name', (port) => {
    expect(() => readSettings({ PORT: port })).toThrow(/^PORT must/);
    expect(() => readSettings({ OPS_PORT: port })).toThrow(/^OPS_PORT must/);
  });

  it('takes a variable that is set to nothing as not set', () => {
    expect(readSettings({ PORT: '', AMQP_URL: '', ADMIN_PASSWORD: '' })).toMatchObject({
      port: 3000,
      amqpUrl: undefined,
      adminPassword: undefined,
    });
  });
});

describe('the environment of a service', () => {
  const given = {
    POSTGRES_URL: 'postgres://root',
    ADMIN_PASSWORD: 'chosen',
    PORT: '8080',
    HTTP_HOST: '0.0.0.0',
  };
  const of = (service: Service, environment = given) =>
    environmentOf(place(service), urls, { environment, settings: readSettings(environment), secrets });

  it("keeps the shop's keys and the administrator of the databases from all but the gateway", () => {
    const wallet = of('wallet');
    for (const name of ['POSTGRES_URL', 'ADMIN_EMAIL', 'ADMIN_PASSWORD', 'TOKEN_PRIVATE_KEY', 'PORT']) {
      expect(wallet).not.toHaveProperty(name);
    }
    expect(of('gateway')).toMatchObject({ ADMIN_PASSWORD: 'chosen', TOKEN_PRIVATE_KEY: 'PEM' });
    expect(of('gateway')).not.toHaveProperty('POSTGRES_URL');
  });

  it('sends records for the data platform to a local file, unless told otherwise, and tells only the order service', () => {
    expect(of('order').DATA_PLATFORM_URL).toMatch(/^file:\/\/\/.*\/data-platform\.ndjson$/);
    const chosen = {
      ...given,
      DATA_PLATFORM_URL: 'https://data.example.com',
      DATA_PLATFORM_SECRET: 's'.repeat(16),
    };
    expect(of('order', chosen)).toMatchObject({
      DATA_PLATFORM_URL: 'https://data.example.com',
      DATA_PLATFORM_SECRET: 's'.repeat(16),
    });
    for (const name of ['DATA_PLATFORM_URL', 'DATA_PLATFORM_SECRET']) {
      expect(of('gateway', chosen)).not.toHaveProperty(name);
    }
  });

  it("gives each service its own broker user and nobody else's", () => {
    const given = {
      WALLET_AMQP_URL: 'amqp://wallet',
      ORDER_AMQP_URL: 'amqp://order',
      AMQP_URL: 'amqp://all',
    };
    const order = environmentOf(place('order'), urls, {
      environment: given,
      settings: readSettings(given),
      secrets,
    });
    expect(order.AMQP_URL).toBe(urls.amqpUrl);
    expect(Object.keys(order).filter((name) => name.endsWith('AMQP_URL'))).toEqual(['AMQP_URL']);
  });

  it('opens a port for operators at the gateway alone, to this machine unless told otherwise', () => {
    expect(of('gateway')).toMatchObject({ OPS_HOST: '127.0.0.1', OPS_PORT: '20002' });
    const environment = { ...given, OPS_HOST: '0.0.0.0', OPS_PORT: '9' };
    expect(of('gateway', environment)).toMatchObject({ OPS_HOST: '0.0.0.0', OPS_PORT: '20002' });
    for (const name of ['OPS_HOST', 'OPS_PORT']) expect(of('wallet', environment)).not.toHaveProperty(name);
  });

  it("gives the payment provider's key to the wallet alone", () => {
    const environment = { ...given, STRIPE_SECRET_KEY: 'sk_test_1', PAYMENT_PROVIDER: 'stripe' };
    expect(of('wallet', environment)).toMatchObject({ STRIPE_SECRET_KEY: 'sk_test_1' });
    expect(of('order', environment)).not.toHaveProperty('STRIPE_SECRET_KEY');
    expect(of('gateway', environment)).not.toHaveProperty('STRIPE_SECRET_KEY');
  });

  it('opens no service but the gateway to other machines', () => {
    expect(of('wallet').HTTP_HOST).toBe('127.0.0.1');
  });

  it('passes on whatever else is set, and lets it win over defaults but not over addresses', () => {
    const environment = { LOG_LEVEL: 'debug', SAGA_STEP_DEADLINE_MS: '5', DATABASE_URL: 'elsewhere' };
    expect(
      environmentOf(place('order'), urls, { environment, settings: readSettings({}), secrets }),
    ).toMatchObject({
      LOG_LEVEL: 'debug',
      SAGA_STEP_DEADLINE_MS: '5',
      DATABASE_URL: 'postgres://db',
      AMQP_URL: 'amqp://broker',
    });
  });
});

describe('the address of the gateway from this machine', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:1', 'http://localhost:1'],
    ['0.0.0.0', 'http://127.0.0.1:1', 'http://localhost:1'],
    ['::', 'http://127.0.0.1:1', 'http://localhost:1'],
    ['::1', 'http://[::1]:1', 'http://[::1]:1'],
    ['192.168.0.7', 'http://192.168.0.7:1', 'http://192.168.0.7:1'],
  ])('where it listens on %s is %s, and is told as %s', (host, url, shown) => {
    expect(localUrl(host, 1)).toBe(url);
    expect(shownUrl(host, 1)).toBe(shown);
  });
});
