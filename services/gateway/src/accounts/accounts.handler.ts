import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { canonicalJson } from '../domain/idempotency.js';
import { DatabaseClock } from '../http/database-clock.js';
import { keepFirstAnswer, keptIdOf, readFirstAnswer } from '../http/first-answers.queries.js';
import { insertUser, readUserByEmail, type User, type UserRow } from './accounts.queries.js';
import { ConsoleLinks } from './console-links.js';
import { rememberNetwork } from './known-networks.queries.js';
import { LoginLimit } from './login-limit.js';
import { PasswordCheck, type Networks, type Owner } from './password-check.js';
import { Passwords } from './passwords.js';
import { security } from './security-log.js';
import { SessionsHandler, type GoingOn } from './sessions.handler.js';
import { Tokens } from './tokens.js';

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/** An account that was made, by this request or by an earlier one under its key. */
export interface Registered {
  readonly user: User;
  readonly isReplay: boolean;
}

/**
 * What is kept of a registration under a key. A fingerprint of the password would be a fast hash of it, so it is known
 * by the hash that it got, which stays when the account gets another.
 */
interface KeptRegistration extends Owner {
  /** Of e-mail and name. */
  readonly fingerprint: string;
}

/** The result of a login or a refresh; `expiresIn` in seconds. */
export interface Granted {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly refreshToken: string;
}

/** More of what a program calls itself is not kept. */
const USER_AGENT_LENGTH_MAX = 200;

/** Users, and how they log in. */
@Injectable()
export class AccountsHandler {
  readonly #logger = new Logger(AccountsHandler.name);
  /** Repeats of registrations that are being looked at, by e-mail. */
  readonly #repeats = new Map<string, Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly loginLimit: LoginLimit,
    private readonly check: PasswordCheck,
    private readonly sessions: SessionsHandler,
    private readonly tokens: Tokens,
    private readonly links: ConsoleLinks,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Makes a customer's account.
   *
   * @param key the Idempotency-Key: asked again under it, the answer is that of the first time
   * @throws Refused with RATE_LIMITED
   */
  async register(
    registration: Registration,
    networks: Networks,
    key: string | undefined,
  ): Promise<Outcome<Registered, 'EMAIL_TAKEN' | 'IDEMPOTENCY_KEY_REUSED'>> {
    const { email, password, name } = registration;
    const present = await readUserByEmail(this.database, email);
    const first = await this.#firstUnder(key, email, present);
    if (first !== undefined) return await this.#repeated(registration, networks, first);
    await this.loginLimit.takeRegistration(networks);
    if (present !== undefined) return refuse('EMAIL_TAKEN');
    const passwordHash = await this.passwords.hash(password, { networks, rank: 'registration' });
    const user = { userId: newId(), email, name, role: 'customer' as const };
    const row = { ...user, passwordHash, registrationKey: key ?? null };
    const isMade = await this.database.transaction(async (tx) => {
      if (!(await insertUser(tx, row))) return false;
      await rememberNetwork(tx, user.userId, networks[0]);
      if (key !== undefined) {
        const kept = { userId: user.userId, passwordHash, fingerprint: fingerprintOf(user) };
        await keepFirstAnswer<KeptRegistration>(tx, registrationId(key, email), kept);
      }
      return true;
    });
    if (isMade) return done({ user, isReplay: false });
    const rival = await this.#firstUnder(key, email, await readUserByEmail(this.database, email));
    return rival === undefined ? refuse('EMAIL_TAKEN') : await this.#repeated(registration, networks, rival);
  }

  /** @throws Refused with RATE_LIMITED */
  async login(
    { email, password }: Pick<Registration, 'email' | 'password'>,
    networks: Networks,
    userAgent: string | undefined,
  ): Promise<Outcome<Granted, 'INVALID_CREDENTIALS' | 'ACCOUNT_SUSPENDED'>> {
    const user = await readUserByEmail(this.database, email);
    const hash = await this.check.hashOf({ password, email, networks }, user);
    if (hash === undefined || user === undefined) return refuse('INVALID_CREDENTIALS');
    if (user.state === 'SUSPENDED') return refuse('ACCOUNT_SUSPENDED');
    await this.#remember(user.userId, networks);
    const begun = await this.#begin(user, hash, userAgent);
    // By now it is another password, or the same one hashed anew by a login at the same moment.
    if (begun === undefined) return await this.login({ email, password }, networks, userAgent);
    return done(await this.#grant(begun));
  }

  /** Logs in whoever made this link; nobody guesses one, so tries are not counted. */
  async loginByLink(
    loginToken: string,
    networks: Networks,
    userAgent: string | undefined,
  ): Promise<Outcome<Granted, 'INVALID_CREDENTIALS' | 'ACCOUNT_SUSPENDED'>> {
    const user = await this.links.spend(loginToken);
    if (user?.state === 'SUSPENDED') return refuse('ACCOUNT_SUSPENDED');
    const begun = user && (await this.#begin(user, user.passwordHash, userAgent));
    if (begun === undefined) {
      security.note('login-failed', { address: networks[0] });
      return refuse('INVALID_CREDENTIALS', 'the link was used already, or is older than five minutes');
    }
    await this.#remember(begun.user.userId, networks);
    return done(await this.#grant(begun));
  }

  /** Spends a refresh token for new tokens. */
  async refresh(
    refreshToken: string,
    networks: Networks,
  ): Promise<Outcome<Granted, 'UNAUTHENTICATED' | 'ACCOUNT_SUSPENDED'>> {
    const outcome = await this.sessions.refresh(refreshToken);
    if (!outcome.ok) return outcome;
    await this.#remember(outcome.value.user.userId, networks);
    return done(await this.#grant(outcome.value));
  }

  /** Ends the session of a refresh token, if there is one. */
  async logout(refreshToken: string): Promise<void> {
    await this.sessions.end(refreshToken);
  }

  async #begin(user: User, hash: string, userAgent: string | undefined): Promise<GoingOn | undefined> {
    return await this.sessions.begin(user, hash, userAgent?.slice(0, USER_AGENT_LENGTH_MAX));
  }

  /** Nobody is kept out because this was not written down. */
  async #remember(userId: string, [network]: Networks): Promise<void> {
    try {
      await rememberNetwork(this.database, userId, network);
    } catch (error) {
      this.#logger.warn(`a network was not remembered: ${String(error)}`);
    }
  }

  /**
   * A registration under the key of one that made an account. A repeat is answered to whoever knows key and password:
   * guessing those is like guessing at a login, but that one who knows them may repeat as often as they like. So
   * repeats for one e-mail are looked at one by one.
   */
  async #repeated(
    { email, password, name }: Registration,
    networks: Networks,
    first: KeptRegistration,
  ): Promise<Outcome<Registered, 'IDEMPOTENCY_KEY_REUSED'>> {
    return await this.#inTurn(email, async () => {
      const { turn, taken } = await this.check.take({ password, email, networks }, first);
      const isTheirs = (await this.check.verified(password, first, turn, taken)) !== 'wrong';
      if (isTheirs && first.fingerprint === fingerprintOf({ email, name })) {
        await this.loginLimit.undo(taken);
        const user = { userId: first.userId, email, name, role: 'customer' as const };
        return done({ user, isReplay: true });
      }
      return refuse('IDEMPOTENCY_KEY_REUSED');
    });
  }

  /**
   * The registration under this key; of what a gateway of the release before has made, as the account is now.
   *
   * @param present who has the e-mail, read before this: whoever is there by then has left what is kept
   */
  async #firstUnder(
    key: string | undefined,
    email: string,
    present: UserRow | undefined,
  ): Promise<KeptRegistration | undefined> {
    if (key === undefined) return undefined;
    const kept = await readFirstAnswer<KeptRegistration>(this.database, registrationId(key, email));
    if (kept !== undefined) return kept;
    if (present?.registrationKey !== key) return undefined;
    const { userId, passwordHash } = present;
    return { userId, passwordHash, fingerprint: fingerprintOf(present) };
  }

  async #inTurn<T>(email: string, work: () => Promise<T>): Promise<T> {
    const before = this.#repeats.get(email) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#repeats.set(email, turn);
    try {
      return await turn;
    } finally {
      if (this.#repeats.get(email) === turn) this.#repeats.delete(email);
    }
  }

  async #grant({ user, sessionId, refreshToken }: GoingOn): Promise<Granted> {
    const accessToken = await this.tokens.issue(user, this.clock.now(), sessionId);
    return { accessToken, tokenType: 'Bearer', expiresIn: this.tokens.lifetimeSeconds, refreshToken };
  }
}

function registrationId(key: string, email: string): string {
  return keptIdOf('registration', `${email} ${key}`);
}

function fingerprintOf({ email, name }: Pick<Registration, 'email' | 'name'>): string {
  return createHash('sha256').update(canonicalJson({ email, name })).digest('base64url');
}
