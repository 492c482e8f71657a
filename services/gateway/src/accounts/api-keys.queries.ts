import { firstOf, oldestOf, runAll, table, type Statements } from '@jangteo/database';
import type { Role } from '../domain/caller.js';
import { ApiKeyEntity } from './accounts.entities.js';

/** A key as its shop sees it, once it was shown to who made it. */
export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  /** In whose name it acts, and never beyond what they may do. */
  readonly makerId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

const keys = table(ApiKeyEntity);
const API_KEY = keys.columns({ omit: ['keyHash'] });

const insert = keys.insert({ omit: ['createdAt'], onConflict: `RETURNING ${API_KEY}` });

export async function insertApiKey(
  on: Statements,
  key: Omit<ApiKey, 'createdAt'> & { readonly keyHash: Buffer },
): Promise<ApiKey> {
  const [row] = await runAll<ApiKey>(on, insert([key]));
  if (row === undefined) throw new Error('an inserted key gave no row');
  return row;
}

/** Reads the keys with these hashes that are good now. */
export async function readApiKeys(
  on: Statements,
  hashes: readonly Buffer[],
): Promise<(ApiKey & { readonly keyHash: Buffer })[]> {
  return await on.rows(
    `SELECT ${keys.columns()} FROM api_keys
     WHERE key_hash = ANY($1::bytea[]) AND (expires_at IS NULL OR expires_at > now())`,
    [hashes],
  );
}

/** Reads keys, the newest first. @param before the id of the last of the page before */
export async function listApiKeys(on: Statements, before: string, limit: number): Promise<ApiKey[]> {
  return await on.rows<ApiKey>(
    `SELECT ${API_KEY} FROM api_keys WHERE key_id < $1::uuid ORDER BY key_id DESC LIMIT $2`,
    [before, limit],
  );
}

export async function readApiKey(on: Statements, keyId: string): Promise<ApiKey | undefined> {
  return await firstOf<ApiKey>(on, `SELECT ${API_KEY} FROM api_keys WHERE key_id = $1`, [keyId]);
}

/** @returns the key that is good no more; `undefined` where there is none */
export async function deleteApiKey(on: Statements, keyId: string): Promise<ApiKey | undefined> {
  return await firstOf<ApiKey>(on, `DELETE FROM api_keys WHERE key_id = $1 RETURNING ${API_KEY}`, [keyId]);
}

/** Ends the keys that act in the name of a user. */
export async function deleteApiKeysOf(on: Statements, makerId: string): Promise<void> {
  await on.rows('DELETE FROM api_keys WHERE maker_id = $1', [makerId]);
}

export const ENDED_KEYS = oldestOf('api_keys', { by: 'expires_at' });
