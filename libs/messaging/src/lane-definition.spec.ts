import { describe, expect, it } from '@jest/globals';
import { orderCompleted, productChanged, type EventContract, type ServiceName } from '@jangteo/contracts';
import { z } from 'zod';
import { messagingEnv } from './config.js';
import { broadcastsOf } from './lane-definition.js';

const config = z.object(messagingEnv).parse({ AMQP_URL: 'amqp://127.0.0.1' });

function hearing(...contracts: EventContract[]) {
  const extras = { lane: { role: 'broadcasts', contracts } };
  return { pattern: 'broadcasts', extras, handler: async () => undefined };
}

describe('the handler of broadcasts', () => {
  it('hears what the topology broadcasts to its service', () => {
    const definition = broadcastsOf([hearing(productChanged)], { service: 'catalog', config });
    expect([...(definition?.readings.keys() ?? [])]).toEqual([productChanged.type]);
  });

  it.each([
    ['catalog', orderCompleted],
    ['wallet', productChanged],
    ['gateway', productChanged],
  ] as const)('of the %s cannot hear another event', (service: ServiceName | 'gateway', contract) => {
    expect(() => broadcastsOf([hearing(contract)], { service, config })).toThrow(
      `${contract.type} is not broadcast to ${service}`,
    );
  });

  it('is the only one of its process', () => {
    const two = [hearing(productChanged), hearing(productChanged)];
    expect(() => broadcastsOf(two, { service: 'catalog', config })).toThrow('one handler hears all');
  });
});
