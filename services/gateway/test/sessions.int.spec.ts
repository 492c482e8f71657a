import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { HOUR_MS } from '@jangteo/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import {
  eventually,
  NOT_THE_CLOCK,
  patientDatabase,
  testDatabase,
  type TestDatabase,
} from '@jangteo/testkit';
import { AccountsHandler } from '../src/accounts/accounts.handler.js';
import { changeStanding, insertUser, type User } from '../src/accounts/accounts.queries.js';
import { ApiKeys } from '../src/accounts/api-keys.js';
import { ConsoleLinks } from '../src/accounts/console-links.js';
import type { Login } from '../src/accounts/hold-login.js';
import { Callers } from '../src/http/callers.js';
import { DatabaseClock } from '../src/http/database-clock.js';
import { migrations } from '../src/migrations/index.js';
import { SessionsHandler } from '../src/accounts/sessions.handler.js';
import { Tokens } from '../src/accounts/tokens.js';
import { Users } from '../src/accounts/users.repository.js';
import { forgetOld } from './retention.js';

const SETTINGS = { REFRESH_TOKEN_DAYS: 30, REFRESH_REPEAT_SECONDS: 3_000, SESSIONS_PER_USER_MAX: 3 };
/** Of no password. */
const HASH = 'none';
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

let scratch: TestDatabase;
let database: Database;
let users: Users;
let sessions: SessionsHandler;
let user: User;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  users = new Users(database);
  sessions = new SessionsHandler(database, SETTINGS, users);
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

beforeEach(async () => {
  user = { userId: newId(), email: `${randomUUID()}@example.com`, name: 'Mina', role: 'customer' };
  await insertUser(database, { ...user, passwordHash: HASH, registrationKey: null });
});

async function begun(): Promise<string> {
  return (await sessions.begin(user, HASH))!.refreshToken;
}

/** The next token, or `undefined` where this one is refused. */
async function refreshed(token: string): Promise<string | undefined> {
  const outcome = await sessions.refresh(token);
  return outcome.ok ? outcome.value.refreshToken : undefined;
}

async function next(token: string): Promise<string> {
  const following = await refreshed(token);
  if (following === undefined) throw new Error('the token was refused');
  return following;
}

async function count(table: 'sessions' | 'refresh_tokens'): Promise<number> {
  const rows = await database.rows(
    table === 'sessions'
      ? 'SELECT 1 AS one FROM sessions WHERE user_id = $1'
      : 'SELECT 1 AS one FROM refresh_tokens JOIN sessions USING (session_id) WHERE user_id = $1',
    [user.userId],
  );
  return rows.length;
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same 32 bytes: of the last of their 43 characters, two bits say nothing. */
function otherSpelling(text: string): string {
  return text.slice(0, -1) + BASE64URL.charAt(BASE64URL.indexOf(text.at(-1)!) ^ 1);
}

/** As if the last refresh of the user's sessions had been so long ago. */
async function letPass(seconds: number): Promise<void> {
  await database.rows(
    `UPDATE sessions SET rotated_at = rotated_at - $2::int * interval '1 second' WHERE user_id = $1`,
    [user.userId, seconds],
  );
}

describe('a session', () => {
  it('goes on with the next token each time, for the same user', async () => {
    const first = (await sessions.begin(user, HASH))!;
    const second = await sessions.refresh(first.refreshToken);
    expect(second).toMatchObject({ ok: true, value: { sessionId: first.sessionId, user } });
    const tokens = [first.refreshToken];
    for (const _ of times(5, () => 0)) tokens.push(await next(tokens.at(-1)!));
    expect(new Set(tokens).size).toBe(6);
  });

  it('gives all that show a token at the same time the same next one, and goes on with it', async () => {
    const first = await begun();
    const seconds = await Promise.all(times(5, () => refreshed(first)));
    expect(new Set(seconds).size).toBe(1);
    expect(await refreshed(first)).toBe(seconds[0]);
    expect(await refreshed(seconds[0]!)).toBeDefined();
  });

  it('goes on for two tabs whose refreshes cross each other, time after time and on several replicas', async () => {
    const replicas = times(2, () => new SessionsHandler(database, SETTINGS, new Users(database)));
    let token = await begun();
    for (const _ of times(5, () => 0)) {
      const answers = await Promise.all(
        [...replicas, ...replicas].map(async (replica) => {
          const outcome = await replica.refresh(token);
          return outcome.ok ? outcome.value.refreshToken : undefined;
        }),
      );
      expect(new Set(answers).size).toBe(1);
      // One of the tabs comes late, and has the former token still.
      expect(await refreshed(token)).toBe(answers[0]);
      token = answers[0]!;
    }
    expect(await count('sessions')).toBe(1);
  });

  it('is known to the look-up of its user until it ends, at once here and a second later elsewhere', async () => {
    const elsewhere = new Users(database);
    const { sessionId, refreshToken } = (await sessions.begin(user, HASH))!;
    const stranger = { ...user, userId: newId(), email: `${randomUUID()}@example.com` };
    await insertUser(database, { ...stranger, passwordHash: HASH, registrationKey: null });
    for (const known of [users, elsewhere]) {
      expect(await known.find(user.userId, sessionId)).toMatchObject({
        ...user,
        createdAt: expect.any(Date),
      });
      expect(await known.find(stranger.userId, sessionId)).toBeUndefined();
      expect(await known.find(user.userId, newId())).toBeUndefined();
    }
    await sessions.end(refreshToken);
    expect(await users.find(user.userId, sessionId)).toBeUndefined();
    expect(await users.find(user.userId)).toMatchObject(user);
    await eventually(async () => expect(await elsewhere.find(user.userId, sessionId)).toBeUndefined());
  });

  it('is not known any more when it has run out, or ended because of too many others', async () => {
    const [first, , third] = [
      (await sessions.begin(user, HASH))!,
      await begun(),
      (await sessions.begin(user, HASH))!,
    ];
    expect(await users.find(user.userId, first.sessionId)).toBeDefined();
    await begun();
    expect(await users.find(user.userId, first.sessionId)).toBeUndefined();
    await database.rows('UPDATE sessions SET expires_at = now() WHERE session_id = $1', [third.sessionId]);
    expect(await users.find(user.userId, third.sessionId)).toBeUndefined();
  });

  it('gives the same next token on another replica, and after a restart of each', async () => {
    const first = await begun();
    const second = await next(first);
    expect(await new SessionsHandler(database, SETTINGS, users).refresh(first)).toMatchObject({
      value: { refreshToken: second },
    });
  });

  it('ends with a token that is spent again after its successor was used', async () => {
    const first = await begun();
    const second = await next(first);
    const third = await next(second);
    expect(await refreshed(first)).toBeUndefined();
    expect(await refreshed(third)).toBeUndefined();
    expect(await count('sessions')).toBe(0);
  });

  it('ends with a token that is spent again when the time for that is over', async () => {
    const first = await begun();
    const second = await next(first);
    await letPass(1_000);
    expect(await refreshed(first)).toBe(second);
    await letPass(2_000);
    expect(await refreshed(first)).toBeUndefined();
    expect(await refreshed(second)).toBeUndefined();
  });

  it('neither goes on nor ends with a token that somebody made up', async () => {
    const first = await begun();
    const second = await next(first);
    const [family, , proof] = second.split('.');
    const madeUp = [
      `${family}.1.${proof}`,
      `${family}.3.${proof}`,
      `${family}.2.${randomBytes(32).toString('base64url')}`,
      `${randomBytes(32).toString('base64url')}.2.${proof}`,
      `${family}.2.${proof}x`,
      `${family}.2`,
      `${family}`,
      '..',
    ];
    for (const token of madeUp) {
      expect(await refreshed(token)).toBeUndefined();
      await sessions.end(token);
    }
    expect(await refreshed(second)).toBeDefined();
  });

  it('knows each of its tokens in one spelling only', async () => {
    const first = await begun();
    const [family, generation, proof] = first.split('.') as [string, string, string];
    const tokens = [
      `${family}.0${generation}.${proof}`,
      `${otherSpelling(family)}.${generation}.${proof}`,
      `${family}.${generation}.${otherSpelling(proof)}`,
    ];
    for (const token of tokens) {
      await sessions.end(token);
      expect(await refreshed(token)).toBeUndefined();
    }
    expect(await refreshed(first)).toBeDefined();
  });

  it('is one row, and one token, however often it is refreshed', async () => {
    let token = await begun();
    for (const _ of times(20, () => 0)) token = await next(token);
    expect([await count('sessions'), await count('refresh_tokens')]).toEqual([1, 1]);
  });

  it('ends with the logout, by any of its tokens', async () => {
    const first = await begun();
    const second = await next(first);
    await sessions.end(second);
    expect(await refreshed(second)).toBeUndefined();
    const other = await begun();
    const third = await next(await next(other));
    await sessions.end(other);
    expect(await refreshed(third)).toBeUndefined();
    expect([await count('sessions'), await count('refresh_tokens')]).toEqual([0, 0]);
  });

  it('ends when it was not used for as long as a token lives, and is cleared away', async () => {
    const [old, young] = [await begun(), await begun()];
    await database.rows(`UPDATE sessions SET expires_at = now() WHERE family_hash = $1`, [sha256Of(old)]);
    expect(await refreshed(old)).toBeUndefined();
    expect(await count('sessions')).toBe(2);
    await forgetOld(database);
    expect(await count('sessions')).toBe(1);
    expect(await refreshed(young)).toBeDefined();
  });

  it('is cleared away with many others, in steps', async () => {
    await database.rows(
      `INSERT INTO sessions (session_id, user_id, expires_at)
       SELECT gen_random_uuid(), $1, now() - n * interval '1 second' FROM generate_series(1, 1200) AS n`,
      [user.userId],
    );
    await Promise.all(times(2, () => forgetOld(database)));
    expect(await count('sessions')).toBe(0);
  });

  it('ends where its user begins too many others, the least recently used first', async () => {
    const [first, second, third] = [await begun(), await begun(), await begun()];
    const again = await next(first);
    const fourth = await begun();
    expect(await refreshed(second)).toBeUndefined();
    for (const token of [again, third, fourth]) expect(await refreshed(token)).toBeDefined();
  });

  it('is the one that was just begun where others end, and those go by their last use: also when tokens live shorter now', async () => {
    const [first, second, third] = [await begun(), await begun(), await begun()];
    const [again, rival] = [
      await next(first),
      new SessionsHandler(database, { ...SETTINGS, REFRESH_TOKEN_DAYS: 1 }, users),
    ];
    const { refreshToken: fourth } = (await rival.begin(user, HASH))!;
    const { refreshToken: fifth } = (await rival.begin(user, HASH))!;
    for (const token of [second, third]) expect(await refreshed(token)).toBeUndefined();
    for (const token of [again, fourth, fifth]) expect(await refreshed(token)).toBeDefined();
  });

  it('goes on where a restored database knows an earlier token only', async () => {
    const third = await next(await next(await begun()));
    await database.rows('UPDATE sessions SET generation = 1, rotated_at = NULL WHERE user_id = $1', [
      user.userId,
    ]);
    const fourth = await next(third);
    expect(await refreshed(fourth)).toBeDefined();
    expect(await refreshed(third)).toBeUndefined();
  });
});

function sha256Of(token: string): Buffer {
  return createHash('sha256')
    .update(Buffer.from(token.split('.')[0]!, 'base64url'))
    .digest();
}

describe('beside a gateway of the release before', () => {
  /** Does what such a gateway did for a login. */
  async function formerBegun(): Promise<string> {
    const [sessionId, token] = [newId(), randomBytes(32).toString('base64url')];
    await database.rows(
      `INSERT INTO sessions (session_id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 day')`,
      [sessionId, user.userId],
    );
    await formerAdded(token, sessionId);
    return token;
  }

  async function formerAdded(token: string, sessionId: string): Promise<void> {
    await database.rows(
      `INSERT INTO refresh_tokens (token_hash, session_id, expires_at) VALUES ($1, $2, now() + interval '1 day')`,
      [sha256(token), sessionId],
    );
  }

  /** Does what it did for a refresh: `undefined` where it refused. */
  async function formerRefreshed(token: string): Promise<string | undefined> {
    const [found] = await database.rows<{ sessionId: string; spentAt: Date | null }>(
      'SELECT session_id AS "sessionId", spent_at AS "spentAt" FROM refresh_tokens WHERE token_hash = $1',
      [sha256(token)],
    );
    if (found === undefined) return undefined;
    if (found.spentAt !== null) {
      await database.rows('DELETE FROM sessions WHERE session_id = $1', [found.sessionId]);
      return undefined;
    }
    const following = randomBytes(32).toString('base64url');
    await database.rows('UPDATE refresh_tokens SET spent_at = now() WHERE token_hash = $1', [sha256(token)]);
    await formerAdded(following, found.sessionId);
    return following;
  }

  it('a token of its goes on here, is repeated, and ends the session when it is spent too late', async () => {
    const former = await formerBegun();
    const first = await next(former);
    expect(await refreshed(former)).toBe(first);
    const second = await next(first);
    expect(await refreshed(former)).toBeUndefined();
    expect(await refreshed(second)).toBeUndefined();
  });

  it('a token that was spent there ends the session here', async () => {
    const former = await formerBegun();
    const following = await formerRefreshed(former);
    expect(await refreshed(former)).toBeUndefined();
    expect(await refreshed(following!)).toBeUndefined();
  });

  it('a token of ours goes on there, and comes back', async () => {
    const first = await begun();
    const second = await next(first);
    const there = await formerRefreshed(second);
    const back = await next(there!);
    expect(await formerRefreshed(back)).toBeDefined();
    expect(await count('sessions')).toBe(1);
  });

  it('a token of ours that was spent there ends the session here', async () => {
    const first = await begun();
    const there = await formerRefreshed(first);
    expect(await refreshed(first)).toBeUndefined();
    expect(await refreshed(there!)).toBeUndefined();
  });

  it('a logout here ends the session there', async () => {
    const former = await formerBegun();
    const first = await next(former);
    await sessions.end(former);
    expect(await formerRefreshed(first)).toBeUndefined();
    const another = await formerBegun();
    await sessions.end(another);
    expect(await formerRefreshed(another)).toBeUndefined();
  });

  it('tokens of its are cleared away once they have run out', async () => {
    const former = await formerBegun();
    await database.rows('UPDATE refresh_tokens SET expires_at = now() WHERE token_hash = $1', [
      sha256(former),
    ]);
    expect(await refreshed(former)).toBeUndefined();
    await forgetOld(database);
    expect(await count('refresh_tokens')).toBe(0);
  });
});

describe('a link to the console', () => {
  const made = ({ sessionId, role = user.role }: Partial<Login>) =>
    new ConsoleLinks(database).make(
      { userId: user.userId, sessionId, role },
      { key: newId(), fingerprint: '' },
    );

  it('is made of no session that has ended, however long a gateway remembers it', async () => {
    const { sessionId } = (await sessions.begin(user, HASH))!;
    const { userId } = user;
    await made({ sessionId });
    await sessions.endOne(userId, sessionId);
    await expect(made({ sessionId })).rejects.toThrow('UNAUTHENTICATED');
    expect(await database.rows('SELECT 1 AS one FROM console_links WHERE user_id = $1', [userId])).toEqual(
      [],
    );
  });

  it('is made of no token that names no session, nor of one whose user was suspended or may do less by now', async () => {
    const { sessionId } = (await sessions.begin(user, HASH))!;
    await expect(made({ sessionId: undefined })).rejects.toThrow('UNAUTHENTICATED');
    await expect(made({ sessionId, role: 'viewer' })).rejects.toThrow('UNAUTHENTICATED');
    await made({ sessionId });
    await changeStanding(database, user.userId, { role: 'customer', state: 'SUSPENDED' });
    await expect(made({ sessionId })).rejects.toThrow('UNAUTHENTICATED');
  });
});

describe('two gateways whose clocks are hours apart', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const config = {
    TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    TOKEN_ISSUER: 'jangteo',
    TOKEN_AUDIENCE: 'jangteo',
    ACCESS_TOKEN_SECONDS: 900,
    TOKENS_WITHOUT_SESSION_SECONDS: 0,
  };
  const setClock = (aheadMs: number): void => {
    jest.useRealTimers();
    jest.useFakeTimers({ now: Date.now() + aheadMs, doNotFake: [...NOT_THE_CLOCK] });
  };
  afterEach(() => void jest.useRealTimers());

  /** A gateway as far as it says who calls. It looks at the database's clock once, as all do each second. */
  async function started() {
    const clock = new DatabaseClock(database);
    const tokens = await Tokens.create(config, () => clock.now());
    const keys = new ApiKeys(database, clock);
    const unused = undefined as never;
    const links = new ConsoleLinks(database);
    const accounts = new AccountsHandler(database, unused, unused, unused, sessions, tokens, links, clock);
    await clock.look();
    return { accounts, keys, callers: new Callers(tokens, new Users(database), keys, clock) };
  }

  it.each([HOUR_MS, -HOUR_MS])(
    'know each other’s tokens, and which keys are good: %d ms',
    async (apartMs) => {
      setClock(apartMs);
      const one = await started();
      const { refreshToken } = (await sessions.begin(user, HASH))!;
      const granted = await one.accounts.refresh(refreshToken, ['127.0.0.1']);
      if (!granted.ok) throw new Error(granted.refusal.code);
      const bearer = `Bearer ${granted.value.accessToken}`;
      const { userId, sessionId } = (await one.callers.of(bearer))!;

      await changeStanding(database, userId, { role: 'admin', state: 'ACTIVE' });
      const make = (expiresAt: string) =>
        one.keys.make(
          { userId, sessionId, role: 'admin' },
          { name: 'Report', role: 'viewer', expiresAt },
          { key: newId(), fingerprint: '' },
        );
      const now = Date.now() - apartMs;
      const [soon, over] = [new Date(now + HOUR_MS / 2), new Date(now - HOUR_MS / 2)];
      expect(await make(over.toISOString())).toMatchObject({ refusal: { code: 'VALIDATION_FAILED' } });
      const made = await make(soon.toISOString());
      if (!made.ok) throw new Error(made.refusal.code);
      expect(await one.keys.find(made.value.key)).toBeDefined();

      setClock(0);
      const other = await started();
      expect(await other.callers.of(bearer)).toMatchObject({ userId, sessionId });
      setClock(-apartMs);
      expect(await other.callers.of(bearer)).toMatchObject({ userId, sessionId });
    },
  );
});
