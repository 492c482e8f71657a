import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HOUR_MS } from '@jangteo/contracts';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { NOT_THE_CLOCK, patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import { insertUser } from '../src/accounts/accounts.queries.js';
import { networksOf } from '../src/domain/network.js';
import { isKnownNetwork, rememberNetwork } from '../src/accounts/known-networks.queries.js';
import { LoginLimit, type Attempt } from '../src/accounts/login-limit.js';
import { migrations } from '../src/migrations/index.js';
import { Refused } from '../src/http/refusal-error.js';
import { forgetOld } from './retention.js';

const LIMITS = {
  LOGIN_ATTEMPTS_PER_MINUTE: 10,
  LOGIN_FAILURES_PER_MINUTE: 20,
  ACCOUNTS_PER_NETWORK_PER_HOUR: 3,
};

let scratch: TestDatabase;
let database: Database;
let limit: LoginLimit;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  limit = new LoginLimit(database, LIMITS);
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

const somebody = (): string => `${randomUUID()}@example.com`;
let networks = 0;
const somewhere = (): string => `10.${Math.floor((networks += 1) / 250)}.${networks % 250}.1`;
const attempt = (email: string, address: string, isKnown = false): Attempt => ({
  email,
  networks: networksOf(address),
  isKnown,
});

async function isRefused(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof Refused && error.refusal.code === 'RATE_LIMITED') return true;
    throw error;
  }
}

async function refusedOf(works: Promise<unknown>[]): Promise<number> {
  const outcomes = await Promise.all(works.map(isRefused));
  return outcomes.filter(Boolean).length;
}

describe('LoginLimit', () => {
  it('lets no more through at once than one after the other, on several replicas together', async () => {
    const email = somebody();
    const replicas = [limit, new LoginLimit(database, LIMITS)];
    const takes = Array.from({ length: 190 }, (_, n) => replicas[n % 2]!.take(attempt(email, somewhere())));
    expect(await refusedOf(takes)).toBe(170);
  });

  it('gives back what has succeeded, and no more than that, whenever its window has ended', async () => {
    const [email, address] = [somebody(), somewhere()];
    const taken = await Promise.all(Array.from({ length: 10 }, () => limit.take(attempt(email, address))));
    for (const one of taken) await limit.succeeded(one);
    expect(await isRefused(limit.take(attempt(email, address)))).toBe(true);
    const elsewhere = Array.from({ length: 21 }, () => limit.take(attempt(email, somewhere())));
    expect(await refusedOf(elsewhere)).toBe(1);
    // The window of the first ones is over: to give them back is not to give back what came later.
    const other = somebody();
    const early = await limit.take(attempt(other, somewhere()));
    await database.rows('UPDATE login_attempts SET expire = 0');
    await limit.take(attempt(other, somewhere()));
    for (let n = 0; n < 5; n += 1) await limit.succeeded(early);
    const later = Array.from({ length: 20 }, () => limit.take(attempt(other, somewhere())));
    expect(await refusedOf(later)).toBe(1);
  });

  it('takes nothing from others who are refused by another limit', async () => {
    const [email, victim] = [somebody(), somebody()];
    const address = somewhere();
    await Promise.all(Array.from({ length: 20 }, () => limit.take(attempt(email, somewhere()))));
    for (let n = 0; n < 30; n += 1) expect(await isRefused(limit.take(attempt(email, address)))).toBe(true);
    expect(await isRefused(limit.take(attempt(victim, address)))).toBe(false);
  });

  it('binds who is at home there by the ten tries of the address alone', async () => {
    const [email, home] = [somebody(), somewhere()];
    await Promise.all(Array.from({ length: 20 }, () => limit.take(attempt(email, somewhere()))));
    const elsewhere = Array.from({ length: 20 }, () => limit.take(attempt(somebody(), home)));
    await Promise.all(elsewhere);
    expect(await isRefused(limit.take(attempt(email, home)))).toBe(true);
    const takes = Array.from({ length: 12 }, () => limit.take(attempt(email, home, true)));
    expect(await refusedOf(takes)).toBe(2);
  });

  it('keeps its counts while they count, and no longer', async () => {
    const [email, address] = [somebody(), somewhere()];
    await Promise.all(Array.from({ length: 10 }, () => limit.take(attempt(email, address))));
    await forgetOld(database);
    const replica = new LoginLimit(database, LIMITS);
    expect(await isRefused(replica.take(attempt(email, address)))).toBe(true);
    await database.rows('UPDATE login_attempts SET expire = 0');
    await forgetOld(database);
    expect(await database.rows('SELECT 1 AS one FROM login_attempts')).toEqual([]);
    expect(await isRefused(replica.take(attempt(somebody(), address)))).toBe(false);
  });

  it('refuses for no more than a minute where the clock of the gateway is set back meanwhile', async () => {
    const tried = attempt(somebody(), somewhere());
    await refusedOf(Array.from({ length: 11 }, () => limit.take(tried)));
    jest.useFakeTimers({ now: Date.now() - HOUR_MS, doNotFake: [...NOT_THE_CLOCK] });
    try {
      const refused: unknown = await limit.take(tried).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(Refused);
      expect((refused as Refused).retryAfterSeconds).toBeLessThanOrEqual(60);
    } finally {
      jest.useRealTimers();
    }
  });

  it('counts accounts of each network for an hour', async () => {
    const home = networksOf('2001:db8:1:2::3');
    const takes = Array.from({ length: 9 }, () => limit.takeRegistration(home));
    expect(await refusedOf(takes)).toBe(6);
    await limit.takeRegistration(networksOf('2001:db8:1:3::3'));
    await new LoginLimit(database, { ...LIMITS, ACCOUNTS_PER_NETWORK_PER_HOUR: 0 }).takeRegistration(home);
  });

  /** One address in each of so many /56 of one /48. */
  const homes = (count: number, site: string): string[] =>
    Array.from({ length: count }, (_, n) => `2001:db8:${site}:${(n * 256).toString(16)}::1`);

  it('gives a network as many failures as it says, whatever part of it they come from', async () => {
    const inOneHome = Array.from({ length: 60 }, (_, n) => `2001:db8:70:${n.toString(16)}::1`);
    const inOneBlock = Array.from({ length: 250 }, (_, n) => `203.0.113.${n}`);
    for (const [addresses, passed] of [
      [inOneHome, 40],
      [homes(250, '71'), 200],
      [inOneBlock, 200],
    ] as const) {
      let refused = 0;
      for (const address of addresses) refused += await refusedOf([limit.take(attempt(somebody(), address))]);
      expect(addresses.length - refused).toBe(passed);
    }
  });

  it('gives a wider network more accounts, but not any number', async () => {
    let refused = 0;
    for (const home of homes(40, '72'))
      refused += await refusedOf([limit.takeRegistration(networksOf(home))]);
    expect(refused).toBe(10);
  });
});

describe('known networks', () => {
  async function user(): Promise<string> {
    const userId = newId();
    const person = { userId, email: somebody(), name: 'Mina', role: 'customer' as const };
    await insertUser(database, { ...person, passwordHash: 'none', registrationKey: null });
    return userId;
  }

  it('are those of one account, and say nothing of where that is', async () => {
    const [mina, lee] = [await user(), await user()];
    await rememberNetwork(database, mina, '203.0.113.7');
    expect(await isKnownNetwork(database, mina, '203.0.113.7')).toBe(true);
    expect(await isKnownNetwork(database, mina, '203.0.113.8')).toBe(false);
    expect(await isKnownNetwork(database, lee, '203.0.113.7')).toBe(false);
    const rows = await database.rows('SELECT * FROM known_networks WHERE user_id = $1', [mina]);
    expect(JSON.stringify(rows)).not.toContain('203.0');
  });

  it('are the latest twenty, and are forgotten when nobody comes from there any more', async () => {
    const mina = await user();
    for (let n = 0; n < 25; n += 1) {
      await database.rows(
        `UPDATE known_networks SET seen_at = seen_at - interval '1 hour' WHERE user_id = $1`,
        [mina],
      );
      await rememberNetwork(database, mina, `network ${n}`);
    }
    const known = await Promise.all(
      Array.from({ length: 25 }, (_, n) => isKnownNetwork(database, mina, `network ${n}`)),
    );
    expect(known.filter(Boolean)).toHaveLength(20);
    expect(known.slice(5)).toEqual(Array(20).fill(true));
    await database.rows(`UPDATE known_networks SET seen_at = now() - interval '91 days' WHERE user_id = $1`, [
      mina,
    ]);
    // Whoever comes again stays known.
    await rememberNetwork(database, mina, 'network 24');
    await forgetOld(database);
    expect(
      await database.rows('SELECT 1 AS one FROM known_networks WHERE user_id = $1', [mina]),
    ).toHaveLength(1);
    expect(await isKnownNetwork(database, mina, 'network 24')).toBe(true);
  });
});
