import { setTimeout as pause } from 'node:timers/promises';
import { Module, type DynamicModule } from '@nestjs/common';
import { TransientFailure } from '@jangteo/contracts';
import type { DatabaseConfig } from './config.js';
import { Database } from './database.js';

/** A machine that has just come up, or is busy, may need a while until its database answers. */
const START_PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 250;

/**
 * Opens a service's database, waiting for one that does not answer yet.
 * @throws Error when it must not be used; TransientFailure when it did not answer in time
 */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const database = new Database(config);
  const giveUpAt = performance.now() + START_PATIENCE_MS;
  for (;;) {
    try {
      await database.assertDurable();
      return database;
    } catch (error) {
      if (!(error instanceof TransientFailure) || performance.now() > giveUpAt) throw error;
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** Makes the service's one {@link Database} available everywhere in it. */
@Module({})
export class DatabaseModule {
  static forRoot(config: DatabaseConfig): DynamicModule {
    const provider = { provide: Database, useFactory: () => openDatabase(config) };
    return { module: DatabaseModule, global: true, providers: [provider], exports: [Database] };
  }
}
