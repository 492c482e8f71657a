import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { id } from '@jangteo/contracts';
import { newId } from '@jangteo/messaging';
import { calculateJwkThumbprint, createLocalJWKSet, errors, jwtVerify, SignJWT, type JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { ROLES, type Caller } from '../domain/caller.js';
import type { GatewayConfig } from '../gateway.config.js';

const ALGORITHM = 'EdDSA';
/** RFC 9068: so that no other token of the same issuer passes for an access token. */
const TYPE = 'at+jwt';
const VERIFIED_MAX = 20_000;

const claims = z.object({
  sub: id,
  role: z.enum(ROLES),
  exp: z.int(),
  iat: z.int().optional(),
  sid: id.optional(),
});

/** Whom a token speaks for, and of which login it is. */
export interface Claimed extends Caller {
  /** `undefined` for a token of the release before. */
  readonly sessionId: string | undefined;
  /** The API key that was shown in place of a token. */
  readonly keyId?: string | undefined;
}

interface Verified {
  readonly claimed: Claimed;
  /** Epoch milliseconds. */
  readonly untilMs: number;
}

type TokenConfig = Pick<
  GatewayConfig,
  | 'TOKEN_PRIVATE_KEY'
  | 'TOKEN_ACCEPTED_KEYS'
  | 'TOKEN_ISSUER'
  | 'TOKEN_AUDIENCE'
  | 'ACCESS_TOKEN_SECONDS'
  | 'TOKENS_WITHOUT_SESSION_SECONDS'
>;

type PublicKey = JWK & { kty: string; kid: string; alg: string };

function privateKeyOf({ TOKEN_PRIVATE_KEY: pem }: TokenConfig): KeyObject {
  if (pem !== undefined) return createPrivateKey(pem);
  new Logger('Tokens').warn('TOKEN_PRIVATE_KEY is not set: tokens are worth nothing after a restart');
  return generateKeyPairSync('ed25519').privateKey;
}

async function published(key: KeyObject): Promise<PublicKey> {
  const jwk = key.export({ format: 'jwk' }) as JWK & { kty: string };
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: 'sig' };
}

/** Signs and verifies access tokens. One algorithm, one issuer, one audience: nothing in a token chooses. */
export class Tokens {
  /** Saves a signature check a request; a token that was good stays good until it expires. */
  readonly #verified = new LRUCache<string, Verified>({ max: VERIFIED_MAX });
  /** Chooses among the keys above by the id that a token names, and knows no other. */
  readonly #keys: ReturnType<typeof createLocalJWKSet>;

  private constructor(
    private readonly config: TokenConfig,
    private readonly privateKey: KeyObject,
    private readonly keyId: string,
    /** The answer of `/.well-known/jwks.json`: the key that signs, and those whose tokens are still good. */
    readonly keySet: { keys: PublicKey[] },
    private readonly startedAt: () => Date,
  ) {
    this.#keys = createLocalJWKSet(keySet);
  }

  /** @param startedAt when this gateway was started, by the clock by which tokens are issued and verified */
  static async create(config: TokenConfig, startedAt: () => Date): Promise<Tokens> {
    const privateKey = privateKeyOf(config);
    const signing = await published(createPublicKey(privateKey));
    const accepted = await Promise.all((config.TOKEN_ACCEPTED_KEYS ?? []).map(published));
    const others = accepted.filter(({ kid }) => kid !== signing.kid);
    return new Tokens(config, privateKey, signing.kid, { keys: [signing, ...others] }, startedAt);
  }

  /** Seconds that a new token is good for. */
  get lifetimeSeconds(): number {
    return this.config.ACCESS_TOKEN_SECONDS;
  }

  /** @param sessionId of the login that it belongs to */
  async issue({ userId, role }: Caller, now: Date, sessionId: string): Promise<string> {
    const issuedAtSeconds = Math.floor(now.getTime() / 1_000);
    return await new SignJWT({ role, sid: sessionId })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: this.keyId })
      .setIssuer(this.config.TOKEN_ISSUER)
      .setAudience(this.config.TOKEN_AUDIENCE)
      .setSubject(userId)
      .setJti(newId())
      .setIssuedAt(issuedAtSeconds)
      .setExpirationTime(issuedAtSeconds + this.lifetimeSeconds)
      .sign(this.privateKey);
  }

  /** Whom the token speaks for; `undefined` for one that is not ours, not for us, altered or expired. */
  async verify(token: string, now: Date): Promise<Claimed | undefined> {
    const known = this.#verified.get(token);
    if (known !== undefined && known.untilMs > now.getTime()) return known.claimed;
    let payload: unknown;
    try {
      ({ payload } = await jwtVerify(token, this.#keys, {
        algorithms: [ALGORITHM],
        issuer: this.config.TOKEN_ISSUER,
        audience: this.config.TOKEN_AUDIENCE,
        typ: TYPE,
        requiredClaims: ['exp', 'sub'],
        currentDate: now,
      }));
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
    const { data } = claims.safeParse(payload);
    if (data === undefined) return undefined;
    const { sub, role, sid, exp, iat } = data;
    const untilMs = sid === undefined ? Math.min(exp * 1_000, this.#formerUntilMs(exp, iat)) : exp * 1_000;
    if (untilMs <= now.getTime()) return undefined;
    const claimed = { userId: sub, role, sessionId: sid };
    this.#verified.set(token, { claimed, untilMs });
    return claimed;
  }

  /**
   * Until when tokens are taken that name no session, as gateways of the release before make them: they go on after a
   * logout, so that only those count that are as short as ours, and only while such a gateway may run beside this one.
   */
  #formerUntilMs(exp: number, iat = -Infinity): number {
    if (exp - iat > this.lifetimeSeconds) return 0;
    return this.startedAt().getTime() + this.config.TOKENS_WITHOUT_SESSION_SECONDS * 1_000;
  }
}
