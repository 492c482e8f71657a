import type {
  Account,
  AccountChange,
  ConsoleLink,
  Credentials,
  Granted,
  Id,
  PasswordChange,
  PasswordReset,
  Registration,
  Session,
} from '../api.js';
import type { List } from '../pages.js';
import type { CallOptions, QueryOf } from '../transport.js';
import { Namespace } from './namespace.js';

/** One's own account, and the session that the client keeps. */
export class Auth extends Namespace {
  register(registration: Registration, options?: CallOptions): Promise<Account> {
    return this.call('register', { body: registration }, options);
  }

  /** Begins a session: from now on the client calls in it, and refreshes its tokens by itself. */
  async login(credentials: Credentials, options?: CallOptions): Promise<Granted> {
    const call = { ...this.transport.callOf('login', { body: credentials }), isAnonymous: true };
    const { body } = await this.transport.send<Granted>(call, options);
    await this.transport.tokens.write(body);
    return body;
  }

  /** Ends the session; without one it does nothing. */
  async logout(options?: CallOptions): Promise<void> {
    const tokens = await this.transport.tokens.read();
    await this.transport.tokens.write(undefined);
    if (tokens?.refreshToken === undefined) return;
    await this.call('logout', { body: { refreshToken: tokens.refreshToken } }, options);
  }

  /** A link that logs in to the console as who is logged in here; for staff, good once and for five minutes. */
  async consoleLink(options?: CallOptions): Promise<ConsoleLink & { readonly address: string }> {
    const link = await this.call('createConsoleLink', {}, options);
    return { ...link, address: this.transport.url + link.path };
  }

  me(options?: CallOptions): Promise<Account> {
    return this.call('readMe', {}, options);
  }

  /** Another e-mail needs the password. */
  change(change: AccountChange, options?: CallOptions): Promise<Account> {
    return this.call('changeMe', { body: change }, options);
  }

  /** All other sessions end. */
  async changePassword(change: PasswordChange, options?: CallOptions): Promise<void> {
    await this.call('changePassword', { body: change }, options);
  }

  /** With a token that an admin has made; all sessions end. */
  async resetPassword(reset: PasswordReset, options?: CallOptions): Promise<void> {
    await this.call('resetPassword', { body: reset }, options);
  }

  sessions(query: QueryOf<'listSessions'> = {}, options?: CallOptions): List<Session> {
    return this.pagesOf('listSessions', { query }, options);
  }

  async endSession(sessionId: Id, options?: CallOptions): Promise<void> {
    await this.call('endSession', { path: { sessionId } }, options);
  }

  /** Ends all sessions but this one. */
  async endOtherSessions(options?: CallOptions): Promise<void> {
    await this.call('endOtherSessions', {}, options);
  }

  /** Erases name and e-mail; refused while there is a balance or an order on its way. */
  async deleteAccount(currentPassword: string, options?: CallOptions): Promise<void> {
    await this.call('deleteMe', { body: { currentPassword } }, options);
    await this.transport.tokens.write(undefined);
  }
}
