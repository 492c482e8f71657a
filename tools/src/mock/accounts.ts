import { randomBytes } from 'node:crypto';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { callerOf, type Answer, type Call, type Handlers } from './call.js';
import type { Store, User } from './store.js';

const EXPIRES_IN_SECONDS = 900;

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const accountOf = ({ password: _, createdAt: _at, ...account }: User) => account;
export const normalized = (email: string): string => email.trim().toLowerCase();

function userOf(store: Store, email: string): User | undefined {
  return [...store.users.values()].find((user) => user.email === normalized(email));
}

export function addUser(
  store: Store,
  { email, password, name }: Pick<User, 'email' | 'password' | 'name'>,
  role: string,
) {
  const userId = store.newId('user');
  const user = {
    userId,
    email: normalized(email),
    name: name.trim(),
    role,
    password,
    createdAt: store.now(),
  };
  store.users.set(userId, user);
  return user;
}

/** Tokens that look like the shop's, for pages that read them; they are good until the mock ends. */
function grant(store: Store, { userId, role }: User): Outcome<Answer> {
  const exp = Math.floor(Date.now() / 1_000) + EXPIRES_IN_SECONDS;
  const claims = base64({ sub: userId, role, exp });
  const accessToken = `${base64({ alg: 'EdDSA' })}.${claims}.${randomBytes(64).toString('base64url')}`;
  const refreshToken = randomBytes(32).toString('base64url');
  store.accessTokens.set(accessToken, userId);
  store.refreshTokens.set(refreshToken, userId);
  return done({
    body: { accessToken, tokenType: 'Bearer', expiresIn: EXPIRES_IN_SECONDS, refreshToken },
  });
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
    return user?.password === password ? grant(store, user) : refuse('INVALID_CREDENTIALS');
  },

  refresh(call) {
    const { store } = call;
    const user = store.users.get(store.refreshTokens.get(refreshTokenOf(call)) ?? '');
    store.refreshTokens.delete(refreshTokenOf(call));
    return user === undefined ? refuse('UNAUTHENTICATED') : grant(store, user);
  },

  logout(call) {
    call.store.refreshTokens.delete(refreshTokenOf(call));
    return done({});
  },

  readMe: (call) => done({ body: accountOf(callerOf(call)) }),
};
