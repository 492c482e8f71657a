import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import {
  decideDeletion,
  decidePassword,
  decideRefresh,
  decideStanding,
  preparedPassword,
  type Role,
} from '@jangteo/gateway/domain';
import { callerOf, type Answer, type Call, type Handlers } from './call.js';
import type { Session, Store, User } from './store.js';

const EXPIRES_IN_SECONDS = 900;

/** REFRESH_REPEAT_SECONDS of a shop that does not set it. */
const REPEATABLE_MS = 30_000;

/** None ends by itself. */
const NEVER = new Date(8_640_000_000_000_000);

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const accountOf = ({ password: _, createdAt: _at, ...account }: User) => account;

function userOf(store: Store, email: string): User | undefined {
  return [...store.users.values()].find((user) => user.email === email);
}

function isPasswordOf(user: User, password: string): boolean {
  return preparedPassword(user.password) === preparedPassword(password);
}

export function addUser(
  store: Store,
  { email, password, name }: Pick<User, 'email' | 'password' | 'name'>,
  role: Role,
) {
  const userId = store.newId('user');
  const user = { userId, email, name, role, password, createdAt: store.now() };
  store.users.set(userId, user);
  return user;
}

/** Tokens that look like the shop's, for pages that read them; they are good until their session ends. */
function granted(store: Store, { sessionId, userId, refreshToken }: Session, role: Role): Outcome<Answer> {
  const exp = Math.floor(Date.now() / 1_000) + EXPIRES_IN_SECONDS;
  const claims = base64({ sub: userId, role, exp });
  const accessToken = `${base64({ alg: 'EdDSA' })}.${claims}.${randomBytes(64).toString('base64url')}`;
  store.accessTokens.set(accessToken, sessionId);
  return done({
    body: { accessToken, tokenType: 'Bearer', expiresIn: EXPIRES_IN_SECONDS, refreshToken },
  });
}

/** Gives a session its next refresh token. */
function rotated(store: Store, before: Pick<Session, 'sessionId' | 'userId' | 'generation'>): Session {
  const refreshToken = randomBytes(32).toString('base64url');
  const session = { ...before, generation: before.generation + 1, rotatedAt: new Date(), refreshToken };
  store.sessions.set(session.sessionId, session);
  store.refreshTokens.set(refreshToken, session);
  return session;
}

function endSessions({ sessions }: Store, userId: string, but?: string): void {
  for (const session of sessions.values()) {
    if (session.userId === userId && session.sessionId !== but) sessions.delete(session.sessionId);
  }
}

const refreshTokenOf = ({ body }: Call): string => (body as { refreshToken: string }).refreshToken;

export const accounts: Handlers = {
  register({ store, body }) {
    const draft = body as User;
    if (userOf(store, draft.email) !== undefined) return refuse('EMAIL_TAKEN');
    return done({ body: accountOf(addUser(store, draft, 'customer')) });
  },

  login({ store, body }) {
    const { email, password } = body as User;
    const user = userOf(store, email);
    if (user === undefined || !isPasswordOf(user, password)) return refuse('INVALID_CREDENTIALS');
    const session = rotated(store, { sessionId: randomUUIDv7(), userId: user.userId, generation: 0 });
    return granted(store, session, user.role);
  },

  refresh(call) {
    const { store } = call;
    const shown = store.refreshTokens.get(refreshTokenOf(call));
    const session = store.sessions.get(shown?.sessionId ?? '');
    const user = store.users.get(session?.userId ?? '');
    if (shown === undefined || session === undefined || user === undefined) return refuse('UNAUTHENTICATED');
    const state = { ...session, expiresAt: NEVER };
    const decision = decideRefresh(shown.generation, state, new Date(), REPEATABLE_MS);
    if (decision === 'rotate') return granted(store, rotated(store, session), user.role);
    if (decision === 'repeat') return granted(store, session, user.role);
    store.sessions.delete(session.sessionId);
    return refuse('UNAUTHENTICATED');
  },

  logout(call) {
    const { store } = call;
    store.sessions.delete(store.refreshTokens.get(refreshTokenOf(call))?.sessionId ?? '');
    return done({});
  },

  readMe: (call) => done({ body: accountOf(callerOf(call)) }),

  changeMe(call) {
    const { store, body } = call;
    const { currentPassword, ...change } = body as Partial<User> & { currentPassword?: string };
    const user = callerOf(call);
    if (currentPassword !== undefined && !isPasswordOf(user, currentPassword)) {
      return refuse('INVALID_CREDENTIALS');
    }
    const holder = change.email === undefined ? undefined : userOf(store, change.email);
    if (holder !== undefined && holder !== user) return refuse('EMAIL_TAKEN');
    const changed = { ...user, ...change };
    store.users.set(user.userId, changed);
    return done({ body: accountOf(changed) });
  },

  changePassword(call) {
    const { store, sessionId } = call;
    const { currentPassword, newPassword } = call.body as { currentPassword: string; newPassword: string };
    const user = callerOf(call);
    if (!isPasswordOf(user, currentPassword)) return refuse('INVALID_CREDENTIALS');
    const decided = decidePassword(newPassword, user);
    if (!decided.ok) return decided;
    store.users.set(user.userId, { ...user, password: newPassword });
    endSessions(store, user.userId, sessionId);
    return done({});
  },

  deleteMe(call) {
    const { store, body } = call;
    const user = callerOf(call);
    const { userId, role } = user;
    if (!isPasswordOf(user, (body as { currentPassword: string }).currentPassword)) {
      return refuse('INVALID_CREDENTIALS');
    }
    const pending = [...store.charges.values()].filter(
      ({ owner, status }) => owner === userId && status === 'PENDING',
    );
    const decided = decideDeletion({
      currentBalance: store.balanceOf(userId),
      pendingCharges: pending.reduce((sum, { amount }) => sum + amount, 0),
      ordersOnTheWay: 0,
    });
    if (!decided.ok) return decided;
    const admins = [...store.users.values()].filter((one) => one.role === 'admin').map((one) => one.userId);
    const leaving = decideStanding({ userId, role, state: 'ACTIVE' }, { state: 'DELETED' }, admins);
    if (!leaving.ok) return leaving;
    store.users.delete(userId);
    endSessions(store, userId);
    return done({});
  },
};
