import { Injectable } from '@nestjs/common';
import { done, refuse, refuseField, type Operation, type Outcome } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { isAtLeast, type Role } from '../domain/caller.js';
import { DatabaseClock } from '../http/database-clock.js';
import { Remembered } from '../http/remembered.js';
import { noteSecret } from '../http/secrets-once.js';
import {
  deleteApiKey,
  insertApiKey,
  listApiKeys,
  readApiKey,
  readApiKeys,
  type ApiKey,
} from './api-keys.queries.js';
import { holdLogin, type Login } from './hold-login.js';
import { hashOf, randomSecret } from './refresh-token.js';

const FORM = /^jk_[\w-]{43}$/;

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

/** Keys of programs. Which one was shown is remembered for a second, as users are. */
@Injectable()
export class ApiKeys {
  readonly #remembered: Remembered<string, ApiKey>;

  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
  ) {
    const [keyOf, read] = [(hash: string) => hash, (hashes: readonly string[]) => this.#read(hashes)];
    this.#remembered = new Remembered({ keyOf, read, atOnce: LOOKUPS_AT_ONCE, most: REMEMBERED_MAX });
  }

  /** Finds a key that is good now. */
  async find(key: string): Promise<ApiKey | undefined> {
    const found = await this.#remembered.of(hashText(key));
    const isGood = found !== undefined && (found.expiresAt === null || found.expiresAt > this.clock.now());
    return isGood ? found : undefined;
  }

  /**
   * Makes a key.
   *
   * @param operation under which it is made once
   * @returns it, with the text that is shown this once
   * @throws Refused with UNAUTHENTICATED or IDEMPOTENCY_KEY_REUSED
   */
  async make(
    maker: Login,
    { name, role, expiresAt }: KeyDraft,
    operation: Operation,
  ): Promise<Outcome<ApiKey & { readonly key: string }, 'FORBIDDEN' | 'VALIDATION_FAILED'>> {
    if (!isAtLeast(maker.role, role)) return refuse('FORBIDDEN', 'a key may do no more than who makes it');
    const end = expiresAt === undefined ? null : new Date(expiresAt);
    if (end !== null && end <= this.clock.now()) return refuseField('expiresAt', 'must be to come');
    const key = `jk_${randomSecret().toString('base64url')}`;
    const row = { keyId: newId(), keyHash: hashOf(key), name, role, makerId: maker.userId, expiresAt: end };
    return await this.database.transaction(async (tx) => {
      await holdLogin(tx, maker);
      await noteSecret(tx, operation, `/admin/api-keys/${row.keyId}`);
      return done({ ...(await insertApiKey(tx, row)), key });
    });
  }

  async list(before: string, limit: number): Promise<ApiKey[]> {
    return await listApiKeys(this.database, before, limit);
  }

  async read(keyId: string): Promise<Outcome<ApiKey, 'API_KEY_NOT_FOUND'>> {
    const key = await readApiKey(this.database, keyId);
    return key === undefined ? refuse('API_KEY_NOT_FOUND') : done(key);
  }

  /** Ends a key, which is good nowhere any more once this resolves. */
  async end(keyId: string): Promise<Outcome<ApiKey, 'API_KEY_NOT_FOUND'>> {
    const ended = await deleteApiKey(this.database, keyId);
    if (ended === undefined) return refuse('API_KEY_NOT_FOUND');
    await this.#remembered.forgetEverywhere();
    return done(ended);
  }

  /** To be called once keys were ended. */
  forgetAll(): void {
    this.#remembered.forgetAll();
  }

  async #read(hashes: readonly string[]): Promise<Map<string, ApiKey>> {
    const asked = hashes.map((hash) => Buffer.from(hash, 'base64'));
    const rows = await readApiKeys(this.database, asked);
    return new Map(rows.map(({ keyHash, ...key }) => [keyHash.toString('base64'), key]));
  }
}
