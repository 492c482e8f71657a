import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import {
  deleteSessionOf,
  insertSession,
  insertUser,
  lockSessionOf,
  readToken,
  readUserByEmail,
  readUsers,
  rotateToken,
  type NewToken,
  type User,
} from './accounts.queries.js';
import type { Caller } from './domain/caller.js';
import { decideRefresh } from './domain/session.js';
import type { GatewayConfig } from './gateway.config.js';
import { Passwords } from './passwords.js';
import { Tokens } from './tokens.js';

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/** What a login and a refresh give. */
export interface Granted {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly refreshToken: string;
}

const MS_PER_DAY = 86_400_000;
const REFRESH_TOKEN_BYTES = 32;

/** Only this is stored: who reads the table cannot log in with it. */
function hashOf(refreshToken: string): Buffer {
  return createHash('sha256').update(refreshToken).digest();
}

function shown({ userId, email, name, role }: User): User {
  return { userId, email, name, role };
}

/** Users, and the sessions that they are logged in with. */
@Injectable()
export class AccountsHandler {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly tokens: Tokens,
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'REFRESH_TOKEN_DAYS'>,
  ) {}

  /**
   * Makes a customer's account.
   *
   * @param address of the client
   * @param key the Idempotency-Key: asked again under it, the answer is that of the first time
   */
  async register(
    { email, password, name }: Registration,
    address: string,
    key: string | undefined,
  ): Promise<Outcome<User, 'EMAIL_TAKEN' | 'IDEMPOTENCY_KEY_REUSED'>> {
    const passwordHash = await this.passwords.hash(password, address);
    const user = { userId: newId(), email, name, role: 'customer' as const };
    const row = { ...user, passwordHash, registrationKey: key ?? null };
    if (await insertUser(this.database, row)) return done(user);
    const present = key === undefined ? undefined : await readUserByEmail(this.database, email);
    if (present === undefined || present.registrationKey !== key) return refuse('EMAIL_TAKEN');
    // A fingerprint of the password would be a fast hash of it, so the password itself is compared.
    const isRepeat =
      present.name === name && (await this.passwords.verify(password, present.passwordHash, address));
    return isRepeat ? done(shown(present)) : refuse('IDEMPOTENCY_KEY_REUSED');
  }

  /** @param address of the client */
  async login(
    email: string,
    password: string,
    address: string,
  ): Promise<Outcome<Granted, 'INVALID_CREDENTIALS'>> {
    const user = await readUserByEmail(this.database, email);
    if (!(await this.passwords.verify(password, user?.passwordHash, address)) || user === undefined) {
      return refuse('INVALID_CREDENTIALS');
    }
    const now = new Date();
    const { token, refreshToken } = this.#newToken(newId(), now);
    await this.database.transaction((tx) => insertSession(tx, user.userId, token, now));
    return done(await this.#grant(user, refreshToken, now));
  }

  /** Spends a refresh token for a new one. One that was spent before ends its session. */
  async refresh(spent: string): Promise<Outcome<Granted, 'UNAUTHENTICATED'>> {
    const now = new Date();
    const spentHash = hashOf(spent);
    const rotated = await this.database.transaction(async (tx) => {
      const session = await lockSessionOf(tx, spentHash);
      const decision = decideRefresh(await readToken(tx, spentHash), now);
      if (decision === 'end session') await deleteSessionOf(tx, spentHash);
      if (session === undefined || decision !== 'rotate') return undefined;
      const { token, refreshToken } = this.#newToken(session.sessionId, now);
      await rotateToken(tx, spentHash, token, now);
      const [user] = await readUsers(tx, [session.userId]);
      return user === undefined ? undefined : { user, refreshToken };
    });
    if (rotated === undefined) return refuse('UNAUTHENTICATED', 'the refresh token is not valid');
    return done(await this.#grant(rotated.user, rotated.refreshToken, now));
  }

  /** Ends the session of a refresh token, if there is one. */
  async logout(refreshToken: string): Promise<void> {
    await deleteSessionOf(this.database, hashOf(refreshToken));
  }

  #newToken(sessionId: string, now: Date): { token: NewToken; refreshToken: string } {
    const refreshToken = randomBytes(REFRESH_TOKEN_BYTES).toString('base64url');
    const expiresAt = new Date(now.getTime() + this.config.REFRESH_TOKEN_DAYS * MS_PER_DAY);
    return { token: { sessionId, tokenHash: hashOf(refreshToken), expiresAt }, refreshToken };
  }

  async #grant(caller: Caller, refreshToken: string, now: Date): Promise<Granted> {
    const accessToken = await this.tokens.issue(caller, now);
    return { accessToken, tokenType: 'Bearer', expiresIn: this.tokens.lifetimeSeconds, refreshToken };
  }
}
