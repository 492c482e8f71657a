import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { doorWith, type Door } from '../../test/door.js';
import { networksOf } from '../domain/network.js';
import type { Callers } from '../http/callers.js';
import { Refused } from '../http/refusal-error.js';
import type { Call } from '../http/request-context.js';
import { Streams } from './streams.js';

const LIMITS = {
  STREAM_HEARTBEAT_SECONDS: 60,
  STREAM_SECONDS_MAX: 600,
  STREAM_UNSENT_BYTES_MAX: 65_536,
  STREAMS_MAX: 40,
  STREAMS_PER_ADDRESS_MAX: 2,
  STREAMS_PER_USER_MAX: 100,
};

describe('streams', () => {
  let door: Door;
  let url: string;
  let leave: AbortController;

  beforeEach(async () => {
    const streams = new Streams({} as Callers, LIMITS);
    leave = new AbortController();
    door = doorWith();
    door.server.get('/', (request, reply) => {
      const { from, user } = request.query as { from: string; user?: string };
      const call = { networks: networksOf(from), caller: { userId: user }, header: () => undefined };
      try {
        streams.open('coupon', call as unknown as Call, reply, user === undefined ? undefined : () => true);
      } catch (error) {
        void reply.status(418).send(error instanceof Refused ? error.refusal.code : String(error));
      }
    });
    url = `http://127.0.0.1:${await door.listen()}`;
  });
  afterEach(async () => {
    leave.abort();
    await door.close();
  });

  async function open(from: string, user?: string): Promise<string> {
    const query = new URLSearchParams({ from, ...(user === undefined ? {} : { user }) });
    const answer = await fetch(`${url}/?${query.toString()}`, { signal: leave.signal });
    return answer.status === 200 ? 'open' : await answer.text();
  }
  const openAll = async (addresses: readonly string[], user?: string) => {
    const answers: string[] = [];
    for (const address of addresses) answers.push(await open(address, user));
    return answers;
  };
  const twice = <T>(one: T): T[] => [one, one];

  it('are so many of a network, and of a wider one twice and ten times as many', async () => {
    const household = ['2001:db8:1:1::1', '2001:db8:1:2::1'];
    expect(await openAll(household.flatMap(twice), 'mina')).toEqual(Array(4).fill('open'));
    expect(await open('2001:db8:1:3::1', 'mina')).toBe('RATE_LIMITED');
    const site = Array.from({ length: 16 }, (_, index) => `2001:db8:1:${(index + 1).toString(16)}00::1`);
    expect(await openAll(site, 'mina')).toEqual(Array(16).fill('open'));
    expect(await open('2001:db8:1:ff00::1', 'mina')).toBe('RATE_LIMITED');
    expect(await open('2001:db8:2:1::1', 'mina')).toBe('open');
  });

  it('leave a quarter to those who log in', async () => {
    const strangers = Array.from({ length: 30 }, (_, index) => `192.0.${index}.1`);
    expect(await openAll(strangers)).toEqual(Array(30).fill('open'));
    expect(await open('198.51.100.1')).toBe('SERVICE_UNAVAILABLE');
    const users = Array.from({ length: 10 }, (_, index) => `203.0.${index}.1`);
    expect(await openAll(users, 'mina')).toEqual(Array(10).fill('open'));
    expect(await open('198.51.100.1', 'mina')).toBe('SERVICE_UNAVAILABLE');
  });
});
