import { describe, expect, it } from '@jest/globals';
import type { TlsFiles } from '@jangteo/tls';
import { explainBroker } from './encryption.js';

const file = (setting: string) => ({ setting, path: '/file' });
const OWN: TlsFiles = { own: { certificate: file('AMQP_CERTIFICATE_FILE'), key: file('AMQP_KEY_FILE') } };
const coded = (code: string, message = `it said ${code}`): Error =>
  Object.assign(new Error(message), { code });

const CLOSED = [
  coded('ECONNRESET'),
  coded('EPIPE'),
  new Error('Socket closed abruptly during opening handshake'),
];

describe('a connection that the broker has closed', () => {
  it.each<[string, TlsFiles, string]>([
    ['amqp://it', {}, 'it speaks TLS on this port, and AMQP_URL has amqp://'],
    ['amqps://it', {}, 'it asks for a certificate: set AMQP_CERTIFICATE_FILE and AMQP_KEY_FILE'],
    ['amqps://it', OWN, 'it does not trust the certificate of AMQP_CERTIFICATE_FILE, or it has expired'],
  ])('was refused, if that is so each time: %s %j', (node, tls, meaning) => {
    for (const error of CLOSED) {
      expect(explainBroker(error, { node, tls })).toContain(`if that is so each time, ${meaning}`);
    }
  });

  it('in the handshake itself speaks no TLS', () => {
    const error = coded(
      'ECONNRESET',
      'Client network socket disconnected before secure TLS connection was established',
    );
    expect(explainBroker(error, { node: 'amqps://it', tls: {} })).toContain(
      'does not speak TLS on this port',
    );
  });
});
