import { Injectable } from '@nestjs/common';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { insertUser, readUserByEmail, type User } from './accounts.queries.js';
import { Passwords } from './passwords.js';
import { SessionsHandler, type GoingOn } from './sessions.handler.js';
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

function shown({ userId, email, name, role }: User): User {
  return { userId, email, name, role };
}

/** Users, and how they log in. */
@Injectable()
export class AccountsHandler {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsHandler,
    private readonly tokens: Tokens,
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
    if (await this.database.transaction((tx) => insertUser(tx, row))) return done(user);
    const present = key === undefined ? undefined : await readUserByEmail(this.database, email);
    if (present === undefined || present.registrationKey !== key) return refuse('EMAIL_TAKEN');
    // A fingerprint of the password would be a fast hash of it, so the password itself is compared.
    const isRepeat =
      present.name === name && (await this.passwords.verify(password, present.passwordHash, address));
    return isRepeat ? done({ ...shown(present), role: user.role }) : refuse('IDEMPOTENCY_KEY_REUSED');
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
    return done(await this.#grant(await this.sessions.begin(user)));
  }

  /** Spends a refresh token for new tokens. */
  async refresh(refreshToken: string): Promise<Outcome<Granted, 'UNAUTHENTICATED'>> {
    const outcome = await this.sessions.refresh(refreshToken);
    return outcome.ok ? done(await this.#grant(outcome.value)) : outcome;
  }

  /** Ends the session of a refresh token, if there is one. */
  async logout(refreshToken: string): Promise<void> {
    await this.sessions.end(refreshToken);
  }

  async #grant({ user, sessionId, refreshToken }: GoingOn): Promise<Granted> {
    const accessToken = await this.tokens.issue(user, new Date(), sessionId);
    return { accessToken, tokenType: 'Bearer', expiresIn: this.tokens.lifetimeSeconds, refreshToken };
  }
}
