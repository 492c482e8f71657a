import { createHmac, generateKeyPairSync, randomUUIDv7 } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT, calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from 'jose';
import { Tokens } from './tokens.js';

const now = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);

describe('Tokens', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const config = {
    TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    TOKEN_ISSUER: 'jangteo',
    TOKEN_AUDIENCE: 'jangteo',
    ACCESS_TOKEN_SECONDS: 60,
    TOKENS_WITHOUT_SESSION_SECONDS: 0,
  };
  const caller = { userId: randomUUIDv7(), role: 'admin' as const };
  const sessionId = randomUUIDv7();
  const claimed = { ...caller, sessionId };
  const started = () => now;
  let tokens: Tokens;

  beforeAll(async () => {
    tokens = await Tokens.create(config, started);
  });

  /** A good token but for what a case changes. */
  const forged = (change: (jwt: SignJWT) => SignJWT, alg = 'EdDSA', typ = 'at+jwt') =>
    change(
      new SignJWT({ role: 'admin', sid: sessionId })
        .setProtectedHeader({ alg, typ })
        .setIssuer('jangteo')
        .setAudience('jangteo')
        .setSubject(caller.userId)
        .setExpirationTime(later(60)),
    );

  it('knows whom a token of its own speaks for, the first time and every other, until it expires', async () => {
    const token = await tokens.issue(caller, now, sessionId);
    expect(await tokens.verify(token, now)).toEqual(claimed);
    expect(await tokens.verify(token, later(59))).toEqual(claimed);
    expect(await tokens.verify(token, later(60))).toBeUndefined();
    expect(await tokens.verify(token, later(61))).toBeUndefined();
  });

  it('takes a token that another replica with the same key has issued', async () => {
    const replica = await Tokens.create(config, started);
    expect(await tokens.verify(await replica.issue(caller, now, sessionId), now)).toEqual(claimed);
  });

  it('takes tokens of a key that is on its way in or out, and publishes both', async () => {
    const next = generateKeyPairSync('ed25519');
    const rotated = await Tokens.create(
      {
        ...config,
        TOKEN_PRIVATE_KEY: next.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        TOKEN_ACCEPTED_KEYS: [publicKey, next.publicKey],
      },
      started,
    );
    const prepared = await Tokens.create({ ...config, TOKEN_ACCEPTED_KEYS: [next.publicKey] }, started);
    expect(await rotated.verify(await tokens.issue(caller, now, sessionId), now)).toEqual(claimed);
    expect(await prepared.verify(await rotated.issue(caller, now, sessionId), now)).toEqual(claimed);
    expect(await tokens.verify(await rotated.issue(caller, now, sessionId), now)).toBeUndefined();
    const kidsOf = ({ keySet }: Tokens) => keySet.keys.map(({ kid }) => kid);
    expect(new Set(kidsOf(rotated))).toEqual(new Set(kidsOf(prepared)));
    expect(JSON.stringify(rotated.keySet)).not.toContain('"d"');
  });

  it('publishes its public key alone, under the thumbprint that its tokens name', async () => {
    const [key] = tokens.keySet.keys;
    expect(key).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      x: expect.any(String),
      alg: 'EdDSA',
      use: 'sig',
      kid: await calculateJwkThumbprint(key!),
    });
    const keys = createLocalJWKSet({ keys: [key!] });
    const token = await tokens.issue(caller, now, sessionId);
    const { payload, protectedHeader } = await jwtVerify(token, keys, { currentDate: now });
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: key?.kid });
    expect(payload).toMatchObject({ sub: caller.userId, role: 'admin', iss: 'jangteo', aud: 'jangteo' });
  });

  it('takes the good token from which the forged ones differ', async () => {
    const token = await forged((jwt) => jwt).sign(privateKey);
    expect(await tokens.verify(token, now)).toEqual(claimed);
  });

  const stranger = generateKeyPairSync('ed25519').privateKey;
  const secret = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
  const forgeries: [string, () => Promise<string> | string][] = [
    ['another issuer', () => forged((jwt) => jwt.setIssuer('x')).sign(privateKey)],
    ['another audience', () => forged((jwt) => jwt.setAudience('x')).sign(privateKey)],
    ['another type', () => forged((jwt) => jwt, 'EdDSA', 'JWT').sign(privateKey)],
    ['another key', () => forged((jwt) => jwt).sign(stranger)],
    ['the public key as a secret', () => forged((jwt) => jwt, 'HS256').sign(secret)],
    ['no user', () => forged((jwt) => jwt.setSubject('root')).sign(privateKey)],
    [
      'no expiry',
      () => {
        const jwt = new SignJWT({ role: 'admin' }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' });
        return jwt.setIssuer('jangteo').setAudience('jangteo').setSubject(caller.userId).sign(privateKey);
      },
    ],
    [
      'no signature',
      () => new UnsecuredJWT({ role: 'admin', sub: caller.userId }).setIssuer('jangteo').encode(),
    ],
    [
      'a role by own hand',
      async () => {
        const [head, , signature] = (
          await tokens.issue({ ...caller, role: 'customer' }, now, sessionId)
        ).split('.');
        const claims = { sub: caller.userId, role: 'admin', iss: 'jangteo', aud: 'jangteo', exp: 4e9 };
        return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
      },
    ],
    ['nothing of a token', () => createHmac('sha256', 'x').update('x').digest('hex')],
    ['nothing at all', () => ''],
  ];
  it.each(forgeries)('refuses a token with %s', async (_name, forge) => {
    expect(await tokens.verify(await forge(), now)).toBeUndefined();
  });

  describe('of the release before, which names no session', () => {
    const former = (lifetimeSeconds: number, issuedAt = now) =>
      new SignJWT({ role: 'admin' })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
        .setIssuer('jangteo')
        .setAudience('jangteo')
        .setSubject(caller.userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(new Date(issuedAt.getTime() + lifetimeSeconds * 1_000))
        .sign(privateKey);
    const beside = { ...config, TOKENS_WITHOUT_SESSION_SECONDS: 100 };
    const known = { ...caller, sessionId: undefined };

    it('is taken until it expires while a gateway of that release may run', async () => {
      const replica = await Tokens.create(beside, started);
      const token = await former(60);
      expect(await replica.verify(token, now)).toEqual(known);
      expect(await replica.verify(token, later(59))).toEqual(known);
      expect(await replica.verify(token, later(60))).toBeUndefined();
    });

    it('is refused once none of those can run any more, also when it was taken before', async () => {
      const replica = await Tokens.create(beside, started);
      const token = await former(60, later(50));
      expect(await replica.verify(token, later(99))).toEqual(known);
      expect(await replica.verify(token, later(100))).toBeUndefined();
      expect(await replica.verify(await former(60, later(101)), later(101))).toBeUndefined();
      expect(await (await Tokens.create(config, started)).verify(token, later(50))).toBeUndefined();
    });

    it('is refused where it lives longer than a login gives, or does not say how long', async () => {
      const replica = await Tokens.create(beside, started);
      expect(await replica.verify(await former(61), now)).toBeUndefined();
      const silent = new SignJWT({ role: 'admin' }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' });
      silent
        .setIssuer('jangteo')
        .setAudience('jangteo')
        .setSubject(caller.userId)
        .setExpirationTime(later(60));
      expect(await replica.verify(await silent.sign(privateKey), now)).toBeUndefined();
    });
  });

  it('is refused where it names something else than a session', async () => {
    const jwt = new SignJWT({ role: 'admin', sid: 'none' }).setProtectedHeader({
      alg: 'EdDSA',
      typ: 'at+jwt',
    });
    jwt.setIssuer('jangteo').setAudience('jangteo').setSubject(caller.userId);
    jwt.setIssuedAt(now).setExpirationTime(later(60));
    const replica = await Tokens.create({ ...config, TOKENS_WITHOUT_SESSION_SECONDS: 100 }, started);
    expect(await replica.verify(await jwt.sign(privateKey), now)).toBeUndefined();
  });
});
