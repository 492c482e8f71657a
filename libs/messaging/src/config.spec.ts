import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkedOptions, messagingEnv } from './config.js';

const schema = z.object(messagingEnv);
const AMQP_URL = 'amqp://guest:guest@localhost:5672/shop';

describe('the configuration of messaging', () => {
  it('needs nothing but the address of the broker', () => {
    expect(schema.parse({ AMQP_URL })).toMatchObject({ MESSAGING_NAMESPACE: 'jangteo', BATCH_SIZE_MAX: 200 });
    expect(() => schema.parse({})).toThrow('AMQP_URL');
  });

  it('takes several nodes of one broker', () => {
    const nodes = `${AMQP_URL},amqps://guest:guest@other/shop`;
    expect(schema.parse({ AMQP_URL: nodes }).AMQP_URL).toBe(nodes);
  });

  it.each([
    ['AMQP_URL', 'http://localhost'],
    ['AMQP_URL', `${AMQP_URL},other:5672`],
    ['AMQP_URL', `${AMQP_URL},`],
    ['HEARTBEAT_SECONDS', '0'],
    ['PREFETCH', '2001'],
    ['BATCH_SIZE_MAX', '0'],
    ['MESSAGING_NAMESPACE', 'a b'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => schema.parse({ AMQP_URL, [name]: value })).toThrow(name);
  });

  it('refuses to prefetch less than a batch', () => {
    const config = schema.parse({ AMQP_URL, PREFETCH: '10', BATCH_SIZE_MAX: '20' });
    expect(() => checkedOptions({ service: 'wallet', config })).toThrow('PREFETCH');
  });

  it.each([
    ['AMQP_CA_FILE', 'is for amqps://', { AMQP_CA_FILE: '/ca' }],
    ['AMQP_CA_FILE', 'is for amqps://', { AMQP_URL: `amqps://a:b@c,${AMQP_URL}`, AMQP_CA_FILE: '/ca' }],
    ['AMQP_CA_FILE', 'cannot be read', { AMQP_URL: 'amqps://a:b@c', AMQP_CA_FILE: '/nowhere/ca' }],
    ['AMQP_KEY_FILE', 'is needed with', { AMQP_URL: 'amqps://a:b@c', AMQP_CERTIFICATE_FILE: '/cert' }],
  ])('refuses a file for TLS that does not fit by the name of %s, which %s', (name, problem, settings) => {
    const checking = () =>
      checkedOptions({ service: 'wallet', config: schema.parse({ AMQP_URL, ...settings }) });
    expect(checking).toThrow(`${name}: `);
    expect(checking).toThrow(problem);
  });
});
