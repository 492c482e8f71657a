import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { insertUser, promoteUser, readUserByEmail } from './accounts.queries.js';
import type { GatewayConfig } from '../gateway.config.js';
import { Passwords } from './passwords.js';
import { endSessionsOf } from './sessions.queries.js';

/** Sees to it, before the gateway is ready, that the admin of the configuration exists. */
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
    const present = await readUserByEmail(this.database, email);
    const verdict = await this.passwords.verify(password, present?.passwordHash);
    if (present?.role === 'admin' && verdict !== 'wrong') return;
    await this.#ensure(email, await this.passwords.hash(password));
  }

  /** Several replicas may be at it at once: all of them want the same. */
  async #ensure(email: string, passwordHash: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const user = { userId: newId(), email, name: 'Admin', role: 'admin' as const };
      if (await insertUser(tx, { ...user, passwordHash, registrationKey: null })) {
        this.#logger.log('the admin was made');
        return;
      }
      const present = await readUserByEmail(tx, email);
      if (present === undefined) throw new Error('the admin account vanished meanwhile');
      await promoteUser(tx, present.userId, passwordHash);
      // Whoever was logged in knew another password.
      await endSessionsOf(tx, present.userId);
      this.#logger.log('the admin has the configured password now');
    });
  }
}
