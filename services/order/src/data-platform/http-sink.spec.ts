import { describe, expect, it } from '@jest/globals';
import { HttpSink, signatureOf } from './http-sink.js';

describe('the signature of what is sent over HTTP', () => {
  it('is the HMAC-SHA256 of time, a dot and the body, in hex', () => {
    // printf '1767225600.[{"sequence":1}]' | openssl dgst -sha256 -hmac 'a secret of the shop'
    const mac = '0c5089865d13a539c5a8ec35d861942b02b3d3f79be4dba606834a841e5c79d3';
    expect(signatureOf('a secret of the shop', 1_767_225_600, '[{"sequence":1}]')).toBe(
      `t=1767225600,v1=${mac}`,
    );
  });

  it('differs with the secret, the time and the body', () => {
    const signatures = [
      signatureOf('a', 1, 'x'),
      signatureOf('b', 1, 'x'),
      signatureOf('a', 2, 'x'),
      signatureOf('a', 1, 'y'),
    ];
    expect(new Set(signatures).size).toBe(4);
  });
});

describe('the sink over HTTP', () => {
  it('names its target without the query, which may hold a token', () => {
    expect(new HttpSink(new URL('https://example.com/orders?token=hidden'), undefined).target).toBe(
      'https://example.com/orders',
    );
  });
});
