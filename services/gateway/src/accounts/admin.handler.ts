import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database, type Statements } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { insertUser, promoteUser, readUserByEmail } from './accounts.queries.js';
import { deleteApiKeysOf } from './api-keys.queries.js';
import { noteApplied, readApplied } from './configured-admin.queries.js';
import type { GatewayConfig } from '../gateway.config.js';
import { deleteReset } from './password-resets.queries.js';
import { Passwords } from './passwords.js';
import { endSessionsOf } from './sessions.queries.js';

/**
 * Sees to it, before the gateway is ready, that the admin of the configuration exists. E-mail and password are applied
 * once, so that what the admin changes of them stays changed; when they are others, or there is no admin, again.
 */
@Injectable()
export class AdminHandler {
  readonly #logger = new Logger('Admin');

  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'ADMIN_EMAIL' | 'ADMIN_PASSWORD'>,
  ) {}

  /** @throws TransientFailure when the database is away */
  async ensureAdmin(): Promise<void> {
    const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = this.config;
    if (email === undefined || password === undefined) return;
    const credentials = `${email}\n${password}`;
    const { credentialsHash: before, hasAdmin } = await readApplied(this.database);
    const isApplied = before !== null && (await this.passwords.verify(credentials, before)) !== 'wrong';
    if (isApplied && hasAdmin) return;
    const isTheirs = await this.#isAdminWith(email, password);
    const [after, passwordHash] = [
      await this.passwords.hash(credentials),
      await this.passwords.hash(password),
    ];
    const isOurs = await this.database.transaction(async (tx) => {
      if (!(await noteApplied(tx, after, before))) return false;
      if (!isTheirs) await this.#apply(tx, email, passwordHash);
      return true;
    });
    // Another replica was quicker: what was changed since then stays.
    if (!isOurs) await this.ensureAdmin();
  }

  async #isAdminWith(email: string, password: string): Promise<boolean> {
    const present = await readUserByEmail(this.database, email);
    if (present?.role !== 'admin' || present.state !== 'ACTIVE') return false;
    return (await this.passwords.verify(password, present.passwordHash)) !== 'wrong';
  }

  async #apply(tx: Statements, email: string, passwordHash: string): Promise<void> {
    const user = { userId: newId(), email, name: 'Admin', role: 'admin' as const };
    if (await insertUser(tx, { ...user, passwordHash, registrationKey: null })) {
      this.#logger.log('the admin was made');
      return;
    }
    const present = await readUserByEmail(tx, email);
    if (present === undefined) throw new Error('the admin account vanished meanwhile');
    await promoteUser(tx, present.userId, passwordHash);
    // Whoever was logged in, was given a token or made a key knew another password.
    await endSessionsOf(tx, present.userId);
    await deleteReset(tx, present.userId);
    await deleteApiKeysOf(tx, present.userId);
    this.#logger.log('the admin has the configured password now');
  }
}
