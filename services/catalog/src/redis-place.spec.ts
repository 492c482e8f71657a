import { describe, expect, it } from '@jest/globals';
import type { TlsFiles } from '@jangteo/tls';
import { explainRedis } from './redis-place.js';

const file = (setting: string) => ({ setting, path: '/file' });
const OWN: TlsFiles = {
  own: { certificate: file('REDIS_CERTIFICATE_FILE'), key: file('REDIS_KEY_FILE') },
};
const coded = (code: string): Error => Object.assign(new Error(`it said ${code}`), { code });

const CLOSED = [new Error('Socket closed unexpectedly'), coded('ECONNRESET'), coded('EPIPE')];

describe('a connection that Redis has closed', () => {
  it.each<[string, TlsFiles | undefined, string]>([
    ['without TLS', undefined, 'it speaks TLS on this port, and REDIS_URL has redis://'],
    ['without a certificate', {}, 'it asks for a certificate: set REDIS_CERTIFICATE_FILE and REDIS_KEY_FILE'],
    ['with one', OWN, 'it does not trust the certificate of REDIS_CERTIFICATE_FILE, or it has expired'],
  ])('was refused, if that is so each time: %s', (_name, tls, meaning) => {
    for (const error of CLOSED) {
      const place = { url: 'redis://it', tls };
      expect(explainRedis(error, place)).toContain(`if that is so each time, ${meaning}`);
      expect(explainRedis(error, place, true)).toBe(error.message);
    }
  });

  it('in the handshake itself speaks no TLS', () => {
    const message = 'Client network socket disconnected before secure TLS connection was established';
    const error = Object.assign(new Error(message), { code: 'ECONNRESET' });
    expect(explainRedis(error, { url: 'rediss://it', tls: {} })).toContain('does not speak TLS on this port');
  });
});
