import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as webhooks from './webhooks.js';

/** The example of the specification of Standard Webhooks. */
const SECRET = 'whsec_plJ3nmyCDGBKInavdOK15jsl';
const BODY = '{"event_type":"ping","data":{"success":true}}';
const HEADERS = {
  'webhook-id': 'msg_loFOjxBNrRLzqYUf',
  'webhook-timestamp': '1731705121',
  'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
};
const now = 1_731_705_121_000;

const OTHER = `whsec_${Buffer.from('of somebody else').toString('base64')}`;

const signed = (secret: string, text: string): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    .update(text)
    .digest('base64')}`;

describe('a webhook', () => {
  it('is verified as its specification has it, as text and as bytes, with headers in any case', async () => {
    const event = { event_type: 'ping', data: { success: true } };
    expect(await webhooks.verify(BODY, HEADERS, SECRET, { now })).toEqual(event);
    const bytes = new TextEncoder().encode(BODY);
    expect(await webhooks.verify(bytes, new Headers(HEADERS), SECRET, { now })).toEqual(event);
    const upper = Object.fromEntries(
      Object.entries(HEADERS).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(await webhooks.verify(BODY, upper, SECRET, { now })).toEqual(event);
  });

  it('is one while secrets are rotated: with two signatures, or two secrets', async () => {
    const text = `${HEADERS['webhook-id']}.${HEADERS['webhook-timestamp']}.${BODY}`;
    const both = { ...HEADERS, 'webhook-signature': `${signed(OTHER, text)} ${signed(SECRET, text)} v2,x` };
    await expect(webhooks.verify(BODY, both, SECRET, { now })).resolves.toBeDefined();
    await expect(webhooks.verify(BODY, HEADERS, [OTHER, SECRET], { now })).resolves.toBeDefined();
  });

  const { 'webhook-id': _, ...withoutId } = HEADERS;
  it.each([
    ['another body', BODY.replace('true', 'false'), HEADERS, SECRET, now],
    ['another id', BODY, { ...HEADERS, 'webhook-id': 'msg_2' }, SECRET, now],
    ['another time', BODY, { ...HEADERS, 'webhook-timestamp': '1731705122' }, SECRET, now],
    ['another secret', BODY, HEADERS, OTHER, now],
    ['no secret', BODY, HEADERS, 'whsec_', now],
    ['no signature of this version', BODY, { ...HEADERS, 'webhook-signature': 'v2,x' }, SECRET, now],
    ['a signature that is none', BODY, { ...HEADERS, 'webhook-signature': 'v1,%' }, SECRET, now],
    ['no id', BODY, withoutId, SECRET, now],
    ['a time that is none', BODY, { ...HEADERS, 'webhook-timestamp': 'soon' }, SECRET, now],
    ['an old message', BODY, HEADERS, SECRET, now + 301_000],
    ['one of the future', BODY, HEADERS, SECRET, now - 301_000],
  ])('is refused with %s', async (_what, body, headers, secret, at) => {
    await expect(webhooks.verify(body, headers, secret, { now: at })).rejects.toBeInstanceOf(
      webhooks.WebhookError,
    );
  });

  it('of the shop is a record, or a test, as its type says', async () => {
    const typesOf = (event: webhooks.WebhookEvent): string =>
      event.type === 'webhook.test' ? event.data.webhookId : event.data.orderId;
    for (const [type, data] of [
      ['webhook.test', { webhookId: 'w1' }],
      ['order.completed', { orderId: 'o1' }],
    ] as const) {
      const body = JSON.stringify({ type, timestamp: '', data });
      const text = `${HEADERS['webhook-id']}.${HEADERS['webhook-timestamp']}.${body}`;
      const headers = { ...HEADERS, 'webhook-signature': signed(SECRET, text) };
      expect(typesOf(await webhooks.verify(body, headers, SECRET, { now }))).toBe(Object.values(data)[0]);
    }
  });

  it('may be as old as its reader bears', async () => {
    const late = { now: now + 301_000, toleranceSeconds: 302 };
    await expect(webhooks.verify(BODY, HEADERS, SECRET, late)).resolves.toBeDefined();
  });
});
