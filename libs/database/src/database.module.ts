import { Module, type DynamicModule } from '@nestjs/common';
import type { DatabaseConfig } from './config.js';
import { Database } from './database.js';

/** Makes the service's one {@link Database} available everywhere in it; nothing waits for its server. */
@Module({})
export class DatabaseModule {
  static forRoot(config: DatabaseConfig): DynamicModule {
    const provider = { provide: Database, useFactory: () => new Database(config) };
    return { module: DatabaseModule, global: true, providers: [provider], exports: [Database] };
  }
}
