import { describe, expect, it } from '@jest/globals';
import { explain, tlsRules, whyClosed } from './explain.js';
import { serverBySchemes, type TlsFiles } from './settings.js';

const SERVER = serverBySchemes('the server', 'a', 'A');
const file = (setting: string) => ({ setting, path: '/file' });
const OWN: TlsFiles = { own: { certificate: file('A_CERTIFICATE_FILE'), key: file('A_KEY_FILE') } };

const coded = (code: string, message = 'it failed'): Error => Object.assign(new Error(message), { code });
const said = (error: unknown, tls: TlsFiles = {}): string => explain([error], tlsRules(SERVER), { tls });

describe('a failure of TLS', () => {
  it.each<[Error, TlsFiles, string]>([
    [
      coded('ERR_TLS_CERT_ALTNAME_INVALID'),
      {},
      "the server's certificate is for another name: the host of A_URL",
    ],
    [coded('CERT_NOT_YET_VALID'), {}, "the server's certificate has expired, or is not valid yet"],
    [coded('SELF_SIGNED_CERT_IN_CHAIN'), {}, "the server's certificate is not trusted: A_CA_FILE must hold"],
    [
      coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      {},
      'the server asks for a certificate: set A_CERTIFICATE_FILE and A_KEY_FILE',
    ],
    [
      coded('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'),
      OWN,
      'the server does not trust the certificate of A_CERTIFICATE_FILE',
    ],
    [
      coded('ERR_SSL_WRONG_VERSION_NUMBER'),
      {},
      'the server does not speak TLS on this port, and A_URL has as://',
    ],
  ])('is said as what it means, and what was said: %s', (error, tls, meaning) => {
    for (const one of [error, new Error('outer', { cause: error }), new AggregateError([error], 'all')]) {
      expect(said(one, tls)).toContain(meaning);
      expect(said(one, tls)).toMatch(/it failed\)$/);
    }
  });

  it('is taken for what it most likely is where the server says nothing', () => {
    expect(whyClosed(SERVER, false, {})).toContain('A_URL has a://: set as://');
    expect(whyClosed(SERVER, true, {})).toContain('asks for a certificate: set A_CERTIFICATE_FILE');
    expect(whyClosed(SERVER, true, OWN)).toContain('does not trust the certificate of A_CERTIFICATE_FILE');
  });

  it('is what was said alone, once, on one line, where nobody knows better', () => {
    expect(said(new AggregateError([coded('X', 'a\n b'), coded('Y', 'a b')], ''))).toBe('a b');
    expect(said('words')).toBe('words');
  });
});
