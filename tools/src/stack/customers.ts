import { createPrivateKey, randomUUIDv7 } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { Jangteo, JangteoError, type AuditReport } from '@jangteo/client';
import { withClient } from '@jangteo/testkit';
import type { OpenShop } from './open-shop.js';

/** Requests at a time while a world is made. */
const CONCURRENCY = 32;
/** A shop that is well may be on a busy machine. */
const PATIENCE = { tries: 10, baseMs: 2_000, longestMs: 5_000 };

/** Somebody who shops, and the token that they got when they logged in. */
export interface Customer {
  readonly userId: string;
  readonly token: string;
}

/** A shop that is well, as somebody who is logged in sees it; it is asked again where it has no time now. */
export function shopAs(url: string, token: string): Jangteo {
  return new Jangteo({ url, tokens: { accessToken: token }, retry: PATIENCE });
}

/** Statuses with which a shop that is well has no time for an audit now. */
const NOT_NOW = [503, 504];

/** Audits a shop, again where it has no time now, and only there: that nobody answers is something to be told of. */
export async function auditBy(shop: Jangteo): Promise<AuditReport> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await shop.admin.audit({ retry: false });
    } catch (error) {
      const isBusy = error instanceof JangteoError && NOT_NOW.includes(error.status);
      if (!isBusy || tries === PATIENCE.tries) throw error;
      await pause(PATIENCE.baseMs);
    }
  }
}

/** Does something to each, some at a time. */
export async function forEach<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) await work(item, index);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/**
 * Makes people who are logged in. Hashing a password for each would take minutes and measure nothing, so they
 * come into the gateway's database by SQL, and with tokens such as its logins give out.
 */
export async function makeCustomers(stack: OpenShop, count: number, role = 'customer'): Promise<Customer[]> {
  const userIds = Array.from({ length: count }, () => randomUUIDv7());
  await withClient(stack.databaseUrlOf('gateway'), async (client) => {
    await client.query(
      `INSERT INTO users (user_id, email, name, role, password_hash)
       SELECT id, id || '@example.com', 'Kim', $2, 'none: logs in with a token' FROM unnest($1::uuid[]) AS id`,
      [userIds, role],
    );
    // One session each, under the user's own id.
    await client.query(
      `INSERT INTO sessions (session_id, user_id, expires_at)
       SELECT id, id, now() + interval '1 day' FROM unnest($1::uuid[]) AS id`,
      [userIds],
    );
  });
  const key = createPrivateKey(stack.secrets.tokenPrivateKey);
  const issuer = process.env.TOKEN_ISSUER || 'jangteo';
  const audience = process.env.TOKEN_AUDIENCE || 'jangteo';
  return await Promise.all(
    userIds.map(async (userId) => {
      const jwt = new SignJWT({ role, sid: userId })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setJti(randomUUIDv7())
        .setIssuedAt()
        .setExpirationTime('24h');
      return { userId, token: await jwt.sign(key) };
    }),
  );
}
