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
  };
  const caller = { userId: randomUUIDv7(), role: 'admin' as const };
  const sessionId = randomUUIDv7();
  let tokens: Tokens;

  beforeAll(async () => {
    tokens = await Tokens.create(config);
  });

  /** A good token but for what a case changes. */
  const forged = (change: (jwt: SignJWT) => SignJWT, alg = 'EdDSA', typ = 'at+jwt') =>
    change(
      new SignJWT({ role: 'admin' })
        .setProtectedHeader({ alg, typ })
        .setIssuer('jangteo')
        .setAudience('jangteo')
        .setSubject(caller.userId)
        .setExpirationTime(later(60)),
    );

  it('knows whom a token of its own speaks for, the first time and every other, until it expires', async () => {
    const token = await tokens.issue(caller, now, sessionId);
    expect(await tokens.verify(token, now)).toEqual(caller);
    expect(await tokens.verify(token, later(59))).toEqual(caller);
    expect(await tokens.verify(token, later(60))).toBeUndefined();
    expect(await tokens.verify(token, later(61))).toBeUndefined();
  });

  it('takes a token that another replica with the same key has issued', async () => {
    const replica = await Tokens.create(config);
    expect(await tokens.verify(await replica.issue(caller, now, sessionId), now)).toEqual(caller);
  });

  it('takes tokens of a key that is on its way in or out, and publishes both', async () => {
    const next = generateKeyPairSync('ed25519');
    const rotated = await Tokens.create({
      ...config,
      TOKEN_PRIVATE_KEY: next.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      TOKEN_ACCEPTED_KEYS: [publicKey, next.publicKey],
    });
    const prepared = await Tokens.create({ ...config, TOKEN_ACCEPTED_KEYS: [next.publicKey] });
    expect(await rotated.verify(await tokens.issue(caller, now, sessionId), now)).toEqual(caller);
    expect(await prepared.verify(await rotated.issue(caller, now, sessionId), now)).toEqual(caller);
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
    expect(await tokens.verify(token, now)).toEqual(caller);
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
});
