import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { randomSecret } from '../accounts/refresh-token.js';
import { secretText, signaturesOf } from './signature.js';

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
const BODY = '{"type":"order.completed","data":{"name":"찻잔 🍵"}}';

describe('the signature of a webhook', () => {
  it('is that of Standard Webhooks', () => {
    // printf 'msg_1.1767225600.{"a":1}' | openssl dgst -sha256 -mac HMAC -macopt key:'a secret of the shop' -binary | base64
    const signed = { messageId: 'msg_1', seconds: 1_767_225_600, body: '{"a":1}' };
    expect(signaturesOf([Buffer.from('a secret of the shop')], signed)).toBe(
      'v1,kikWoPG0CVNCI49ZzSxKtP11HyPF5YiMMGnUR+U3SFw=',
    );
  });

  it('is taken by the package of Standard Webhooks, with either of two secrets and no third', () => {
    const secrets = [randomSecret(), randomSecret()];
    const signed = { messageId: 'order-completed-1', seconds: nowSeconds(), body: BODY };
    const headers = {
      'webhook-id': signed.messageId,
      'webhook-timestamp': String(signed.seconds),
      'webhook-signature': signaturesOf(secrets, signed),
    };
    for (const secret of secrets) {
      expect(new Webhook(secretText(secret)).verify(BODY, headers)).toEqual(JSON.parse(BODY));
    }
    expect(() => new Webhook(secretText(randomSecret())).verify(BODY, headers)).toThrow(
      'No matching signature',
    );
    const receiver = new Webhook(secretText(secrets[0]!));
    expect(() => receiver.verify(BODY, { ...headers, 'webhook-id': 'another' })).toThrow(
      'No matching signature',
    );
    expect(() => receiver.verify(`${BODY} `, headers)).toThrow('No matching signature');
  });

  it('has secrets of 32 random bytes that say what they are', () => {
    const [one, other] = [secretText(randomSecret()), secretText(randomSecret())];
    expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(other).not.toBe(one);
  });
});
