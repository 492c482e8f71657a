import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readGatewayConfig } from './gateway.config.js';

const pemOf = (type: 'ed25519' | 'x25519'): string =>
  generateKeyPairSync(type as 'ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

const given = {
  HTTP_PORT: '3000',
  DATABASE_URL: 'postgres://gateway:vK3n0Qz7@localhost/gateway',
  AMQP_URL: 'amqp://gateway:Yx81hhPq@localhost',
};

describe('readGatewayConfig', () => {
  it('needs no key outside of production', () => {
    expect(readGatewayConfig(given)).toMatchObject({ NODE_ENV: 'development', ACCESS_TOKEN_SECONDS: 900 });
  });

  it('names the key that is missing in production', () => {
    expect(() => readGatewayConfig({ ...given, NODE_ENV: 'production' })).toThrow('TOKEN_PRIVATE_KEY');
    const key = { TOKEN_PRIVATE_KEY: pemOf('ed25519') };
    expect(readGatewayConfig({ ...given, ...key, NODE_ENV: 'production' })).toMatchObject(key);
  });

  it('takes no well-known password for the admin in production', () => {
    const production = { ...given, NODE_ENV: 'production', TOKEN_PRIVATE_KEY: pemOf('ed25519') };
    const admin = { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'Password1!' };
    expect(() => readGatewayConfig({ ...production, ...admin })).toThrow('ADMIN_PASSWORD');
    expect(readGatewayConfig({ ...given, ...admin }).ADMIN_PASSWORD).toBe('Password1!');
  });

  it('reads a key whose line ends were escaped', () => {
    const pem = pemOf('ed25519');
    const escaped = pem.replaceAll('\n', String.raw`\n`);
    expect(readGatewayConfig({ ...given, TOKEN_PRIVATE_KEY: escaped }).TOKEN_PRIVATE_KEY).toBe(pem);
  });

  it.each([['nonsense'], [pemOf('x25519')]])('refuses a key that cannot sign, without showing it', (key) => {
    const read = (): unknown => readGatewayConfig({ ...given, TOKEN_PRIVATE_KEY: key });
    expect(read).toThrow('TOKEN_PRIVATE_KEY');
    expect(read).not.toThrow(key);
  });

  it('reads keys whose tokens are good too, one after the other, and keeps their public part alone', () => {
    const keys = `${pemOf('ed25519').replaceAll('\n', String.raw`\n`)}${pemOf('ed25519')}`;
    const { TOKEN_ACCEPTED_KEYS: accepted } = readGatewayConfig({ ...given, TOKEN_ACCEPTED_KEYS: keys });
    expect(accepted?.map(({ type }) => type)).toEqual(['public', 'public']);
    expect(readGatewayConfig({ ...given, TOKEN_ACCEPTED_KEYS: '' }).TOKEN_ACCEPTED_KEYS).toBeUndefined();
    for (const wrong of ['nonsense', `${pemOf('ed25519')}${pemOf('x25519')}`]) {
      expect(() => readGatewayConfig({ ...given, TOKEN_ACCEPTED_KEYS: wrong })).toThrow(
        'TOKEN_ACCEPTED_KEYS',
      );
    }
  });

  it('names what is no network of those that are denied to webhooks', () => {
    const read = (text: string) => readGatewayConfig({ ...given, WEBHOOK_DENIED_NETWORKS: text });
    expect(read('203.0.113.0/24, 2001:db8::7').WEBHOOK_DENIED_NETWORKS.has('203.0.113.9')).toBe(true);
    expect(readGatewayConfig(given).WEBHOOK_DENIED_NETWORKS.has('203.0.113.9')).toBe(false);
    expect(() => read('203.0.113.0/24,203.0.113.0/33')).toThrow(
      'WEBHOOK_DENIED_NETWORKS: "203.0.113.0/33" is no address or network',
    );
  });

  it('wants of the admin both e-mail and password, fit to log in with', () => {
    const admin = { ADMIN_EMAIL: 'Admin@Example.com', ADMIN_PASSWORD: 'long enough' };
    expect(readGatewayConfig({ ...given, ...admin }).ADMIN_EMAIL).toBe('admin@example.com');
    expect(() => readGatewayConfig({ ...given, ADMIN_EMAIL: admin.ADMIN_EMAIL })).toThrow('ADMIN_PASSWORD');
    expect(() => readGatewayConfig({ ...given, ...admin, ADMIN_PASSWORD: 'short' })).toThrow(
      'ADMIN_PASSWORD',
    );
  });
});
