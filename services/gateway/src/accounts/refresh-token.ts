import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A refresh token: what all tokens of a session have in common, which only they hold, the how manieth it is, and a
 * proof of that. The proof takes both the family, which is stored as a hash, and the salt, which never leaves the
 * database: whoever holds a token cannot make the next, nor whoever reads the table. So the token that
 * follows one is always the same, is stored nowhere, and a spent one is known for what it is without a list of them.
 */
export interface RefreshToken {
  readonly family: Buffer;
  readonly generation: number;
  readonly proof: Buffer;
}

const SECRET_BYTES = 32;
const FORM = /^([\w-]{43})\.(\d{1,9})\.([\w-]{43})$/;

/** Hashes a secret with SHA-256 for the table: nobody who reads that can log in with it. */
export function hashOf(secret: string | Buffer): Buffer {
  return createHash('sha256').update(secret).digest();
}

export function randomSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The family of a session that was begun with a token of the release before: the same however often it is shown. */
export function familyAfter(formerToken: string, salt: Buffer): Buffer {
  return createHmac('sha256', formerToken).update(salt).digest();
}

function proofOf(family: Buffer, salt: Buffer, generation: number): Buffer {
  return createHmac('sha256', family).update(salt).update(`.${generation}`).digest();
}

/** @returns `undefined` for what is no token of ours, one of the release before among them */
export function readRefreshToken(text: string): RefreshToken | undefined {
  const [, family, generation, proof] = FORM.exec(text) ?? [];
  if (family === undefined || generation === undefined || proof === undefined) return undefined;
  const bytes = (encoded: string): Buffer => Buffer.from(encoded, 'base64url');
  return { family: bytes(family), generation: Number(generation), proof: bytes(proof) };
}

export function isGenuine({ family, generation, proof }: RefreshToken, salt: Buffer): boolean {
  const expected = proofOf(family, salt, generation);
  return proof.length === expected.length && timingSafeEqual(proof, expected);
}

export function writeRefreshToken(family: Buffer, salt: Buffer, generation: number): string {
  const proof = proofOf(family, salt, generation);
  return `${family.toString('base64url')}.${generation}.${proof.toString('base64url')}`;
}
