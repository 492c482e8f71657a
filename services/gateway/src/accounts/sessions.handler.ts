import { Inject, Injectable } from '@nestjs/common';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { Database, type Statements } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import type { User } from './accounts.queries.js';
import { decideRefresh } from '../domain/session.js';
import {
  deleteFormerToken,
  insertFormerToken,
  readFormerToken,
  spendFormerToken,
} from './former-tokens.queries.js';
import type { GatewayConfig } from '../gateway.config.js';
import {
  familyAfter,
  hashOf,
  isGenuine,
  randomSecret,
  readRefreshToken,
  writeRefreshToken,
} from './refresh-token.js';
import { security } from './security-log.js';
import {
  endSessionOf,
  endSessionsOf,
  holdPassword,
  insertSession,
  listSessionsOf,
  type ListedSession,
  lockSession,
  lockSessionById,
  renewSession,
  type SessionRow,
} from './sessions.queries.js';
import { Users } from './users.repository.js';

type Settings = Pick<
  GatewayConfig,
  'REFRESH_TOKEN_DAYS' | 'REFRESH_REPEAT_SECONDS' | 'SESSIONS_PER_USER_MAX'
>;

/** A session, and the refresh token that it goes on with. */
export interface GoingOn {
  readonly sessionId: string;
  readonly user: User;
  readonly refreshToken: string;
}

/** A session of which a genuine token was shown. */
interface Shown {
  readonly session: SessionRow;
  readonly generation: number;
  /** Together with `salt`, the material of the next tokens. */
  readonly family: Buffer;
  readonly salt: Buffer;
  /** The token was made by a gateway of the release before. */
  readonly isFormer: boolean;
  /** A gateway of the release before has spent it. */
  readonly isSpentElsewhere: boolean;
}

/** The sessions that users are logged in with: one row each, however often it is refreshed. */
@Injectable()
export class SessionsHandler {
  readonly #days: number;
  readonly #repeatableMs: number;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Settings,
    private readonly users: Users,
  ) {
    this.#days = config.REFRESH_TOKEN_DAYS;
    this.#repeatableMs = config.REFRESH_REPEAT_SECONDS * 1_000;
  }

  /**
   * @param passwordHash of the password that was shown: who has another one by now begins no session
   */
  async begin(user: User, passwordHash: string, userAgent?: string): Promise<GoingOn | undefined> {
    const [family, salt, sessionId, generation] = [randomSecret(), randomSecret(), newId(), 1];
    const refreshToken = writeRefreshToken(family, salt, generation);
    const renewal = { sessionId, familyHash: hashOf(family), salt, generation, userAgent };
    const bounds = { days: this.#days, perUserMax: this.config.SESSIONS_PER_USER_MAX };
    const ended = await this.database.transaction(async (tx) => {
      if (!(await holdPassword(tx, user.userId, passwordHash))) return undefined;
      const others = await insertSession(tx, user.userId, renewal, bounds);
      await insertFormerToken(tx, hashOf(refreshToken), sessionId, this.#days);
      return others;
    });
    if (ended === undefined) return undefined;
    this.users.forget(user.userId, ended);
    return { sessionId, user, refreshToken };
  }

  /** Spends a refresh token for the next one; see {@link decideRefresh}. */
  async refresh(token: string): Promise<Outcome<GoingOn, 'UNAUTHENTICATED' | 'ACCOUNT_SUSPENDED'>> {
    const { shown, goingOn } = await this.database.transaction(async (tx) => {
      const found = await lockShown(tx, token);
      return { shown: found, goingOn: found && (await this.#refreshed(tx, token, found)) };
    });
    if (goingOn === 'ended' && shown !== undefined) {
      const { sessionId, userId } = shown.session;
      this.users.forget(userId, [sessionId]);
      security.note('refresh-token-reused', { userId, sessionId });
    }
    if (goingOn === 'suspended') return refuse('ACCOUNT_SUSPENDED');
    if (goingOn === undefined || goingOn === 'ended') {
      return refuse('UNAUTHENTICATED', 'the refresh token is not valid');
    }
    return { ok: true, value: goingOn };
  }

  /** Reads a user's sessions, the newest first. */
  async list(userId: string, before: string, limit: number): Promise<ListedSession[]> {
    return await listSessionsOf(this.database, { userId, before, limit });
  }

  /** Ends one of a user's sessions. */
  async endOne(userId: string, sessionId: string): Promise<Outcome<undefined, 'SESSION_NOT_FOUND'>> {
    const isEnded = await endSessionOf(this.database, userId, sessionId);
    this.users.forget(userId, [sessionId]);
    return isEnded ? done(undefined) : refuse('SESSION_NOT_FOUND');
  }

  /** Ends all sessions of a user, but for one where that is named, on all replicas. */
  async endAll(userId: string, but?: string): Promise<void> {
    await endSessionsOf(this.database, userId, but);
    await this.users.forgetEverywhere();
  }

  /** Ends the session of a refresh token, spent or not, if there is one. */
  async end(token: string): Promise<void> {
    const ended = await this.database.transaction(async (tx) => {
      const shown = await lockShown(tx, token);
      if (shown !== undefined) await endSessionOf(tx, shown.session.userId, shown.session.sessionId);
      return shown?.session;
    });
    if (ended !== undefined) this.users.forget(ended.userId, [ended.sessionId]);
  }

  async #refreshed(
    tx: Statements,
    token: string,
    shown: Shown,
  ): Promise<GoingOn | 'ended' | 'suspended' | undefined> {
    const { session, family, salt } = shown;
    const { sessionId, userId, email, name, role, state } = session;
    const decision = shown.isSpentElsewhere
      ? 'end session'
      : decideRefresh(shown.generation, session, session.now, this.#repeatableMs);
    if (decision === 'refuse') return undefined;
    if (decision === 'end session') {
      await endSessionOf(tx, userId, sessionId);
      return 'ended';
    }
    // Nothing is spent: the session goes on when its user does.
    if (state === 'SUSPENDED') return 'suspended';
    const generation = decision === 'repeat' ? session.generation : shown.generation + 1;
    const refreshToken = writeRefreshToken(family, salt, generation);
    if (decision === 'rotate') {
      await renewSession(tx, { sessionId, familyHash: hashOf(family), salt, generation }, this.#days);
      await (shown.isFormer ? spendFormerToken : deleteFormerToken)(tx, hashOf(token));
      await insertFormerToken(tx, hashOf(refreshToken), sessionId, this.#days);
    }
    return { sessionId, user: { userId, email, name, role }, refreshToken };
  }
}

/** Finds out whose a token is, and locks the session. `undefined` for one that is not genuine. */
async function lockShown(tx: Statements, text: string): Promise<Shown | undefined> {
  const token = readRefreshToken(text);
  if (token === undefined) return await lockFormerShown(tx, text);
  const { family, generation } = token;
  const session = await lockSession(tx, hashOf(family));
  if (session === undefined || session.salt === null || !isGenuine(token, session.salt)) return undefined;
  // A spelling that we did not write (01 for 1, say) is known by another hash, and so not known to be spent.
  if (text !== writeRefreshToken(family, session.salt, generation)) return undefined;
  const spent = await readFormerToken(tx, hashOf(text));
  const isSpentElsewhere = spent !== undefined && spent.spentAt !== null;
  return { session, generation, family, salt: session.salt, isFormer: false, isSpentElsewhere };
}

/** The same for a token of the release before: the session goes on with a family that is made of it. */
async function lockFormerShown(tx: Statements, text: string): Promise<Shown | undefined> {
  const known = await readFormerToken(tx, hashOf(text));
  const session = known && (await lockSessionById(tx, known.sessionId));
  // Read again under the lock: whoever had it until now may have spent it.
  const former = session && (await readFormerToken(tx, hashOf(text)));
  if (session === undefined || former === undefined) return undefined;
  if (former.spentAt === null) {
    if (former.hasEnded) return undefined;
    const salt = randomSecret();
    const family = familyAfter(text, salt);
    // As the newest of a family that has no token yet.
    const begun = { ...session, generation: 0, rotatedAt: null };
    return { session: begun, generation: 0, family, salt, isFormer: true, isSpentElsewhere: false };
  }
  const salt = session.salt ?? randomSecret();
  const family = familyAfter(text, salt);
  const isOurs = session.familyHash?.equals(hashOf(family)) ?? false;
  return { session, generation: 0, family, salt, isFormer: true, isSpentElsewhere: !isOurs };
}
