import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database } from '@jangteo/database';
import { CONFIG, RecurringJob } from '@jangteo/service';
import { deleteOldEntries } from './admin-log.queries.js';
import { deleteEndedAttempts } from './attempts.queries.js';
import { deleteOldAnswers } from './first-answers.queries.js';
import { deleteEndedFormerTokens } from './former-tokens.queries.js';
import type { GatewayConfig } from './gateway.config.js';
import { deleteOldNetworks } from './known-networks.queries.js';
import { deleteEndedSessions } from './sessions.queries.js';

const EVERY_MS = 60_000;
/** Rows that go in one transaction: few enough that nobody waits for it. */
const STEP = 500;

/** Clears away what nobody can ask for any more, in any number of replicas. */
@Injectable()
export class GatewaySweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #job = new RecurringJob('clearing away what has run out', EVERY_MS, () => this.sweep());
  #isStopping = false;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG)
    private readonly config: Pick<GatewayConfig, 'ADMIN_LOG_DAYS' | 'KNOWN_NETWORK_DAYS'>,
  ) {}

  onApplicationBootstrap(): void {
    this.#job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.#job.stop();
  }

  /** @throws TransientFailure when the database was away */
  async sweep(): Promise<void> {
    // Tokens before their sessions, which would take all that are left along in one step.
    const clears = [deleteEndedFormerTokens, deleteEndedSessions, deleteOldAnswers, deleteEndedAttempts];
    for (const clear of clears) await this.#clear((limit) => clear(this.database, limit));
    const { ADMIN_LOG_DAYS, KNOWN_NETWORK_DAYS } = this.config;
    await this.#clear((limit) => deleteOldNetworks(this.database, limit, KNOWN_NETWORK_DAYS));
    await this.#clear((limit) => deleteOldEntries(this.database, ADMIN_LOG_DAYS, limit));
  }

  async #clear(step: (limit: number) => Promise<number>): Promise<void> {
    for (let gone = STEP; gone === STEP && !this.#isStopping;) gone = await step(STEP);
  }
}
