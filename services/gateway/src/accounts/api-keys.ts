import { Injectable } from '@nestjs/common';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { LRUCache } from 'lru-cache';
import { isAtLeast, type Caller, type Role } from '../domain/caller.js';
import { Gathering } from '../http/gathering.js';
import { deleteApiKey, insertApiKey, listApiKeys, readApiKeys, type ApiKey } from './api-keys.queries.js';
import { hashOf, randomSecret } from './refresh-token.js';

const FORM = /^jk_[\w-]{43}$/;

const REMEMBERED_MS = 1_000;
const REMEMBERED_MAX = 1_000;

/** That share a statement. */
const LOOKUPS_AT_ONCE = 1_000;

export interface KeyDraft {
  readonly name: string;
  readonly role: Role;
  readonly expiresAt?: string | undefined;
}

/** The text under which a key's hash is known. */
const hashText = (key: string): string => hashOf(key).toString('base64');

/** Recognises the form of a key, which no access token has. */
export function isApiKey(text: string): boolean {
  return FORM.test(text);
}

/**
 * Keys of programs. Which one was shown is remembered for a second, as users are: one that ended here is ended at once,
 * and elsewhere a second later.
 */
@Injectable()
export class ApiKeys {
  readonly #remembered = new LRUCache<string, ApiKey>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS });
  readonly #lookups = new Gathering<string, ApiKey | undefined>(LOOKUPS_AT_ONCE, (some) => this.#read(some));
  /** The number of times that something was forgotten: anything read before the latest is not remembered. */
  #forgotten = 0;

  constructor(private readonly database: Database) {}

  /** Finds a key that is good now. */
  async find(key: string): Promise<ApiKey | undefined> {
    const hash = hashText(key);
    const found = this.#remembered.get(hash) ?? (await this.#lookups.of(hash));
    const isGood = found !== undefined && (found.expiresAt === null || found.expiresAt > new Date());
    return isGood ? found : undefined;
  }

  /**
   * Makes a key.
   *
   * @returns it, with the text that is shown this once
   */
  async make(
    maker: Caller,
    { name, role, expiresAt }: KeyDraft,
    now: Date,
  ): Promise<Outcome<ApiKey & { readonly key: string }, 'FORBIDDEN' | 'VALIDATION_FAILED'>> {
    if (!isAtLeast(maker.role, role)) return refuse('FORBIDDEN', 'a key may do no more than who makes it');
    const end = expiresAt === undefined ? null : new Date(expiresAt);
    if (end !== null && end <= now) {
      const errors = [{ path: 'expiresAt', message: 'must be to come' }];
      return refuse('VALIDATION_FAILED', undefined, { errors });
    }
    const key = `jk_${randomSecret().toString('base64url')}`;
    const row = { keyId: newId(), keyHash: hashOf(key), name, role, makerId: maker.userId, expiresAt: end };
    return done({ ...(await insertApiKey(this.database, row)), key });
  }

  async list(before: string | undefined, limit: number): Promise<ApiKey[]> {
    return await listApiKeys(this.database, before, limit);
  }

  /** Ends a key, which is good no more from now on. */
  async end(keyId: string): Promise<Outcome<ApiKey, 'API_KEY_NOT_FOUND'>> {
    const ended = await deleteApiKey(this.database, keyId);
    this.#forgotten += 1;
    this.#remembered.clear();
    return ended === undefined ? refuse('API_KEY_NOT_FOUND') : done(ended);
  }

  async #read(hashes: readonly string[]): Promise<(ApiKey | undefined)[]> {
    const forgotten = this.#forgotten;
    const asked = [...new Set(hashes)].map((hash) => Buffer.from(hash, 'base64'));
    const rows = await readApiKeys(this.database, asked);
    const found = new Map(rows.map(({ keyHash, ...key }) => [keyHash.toString('base64'), key]));
    if (forgotten === this.#forgotten) {
      for (const [hash, key] of found) this.#remembered.set(hash, key);
    }
    return hashes.map((hash) => found.get(hash));
  }
}
