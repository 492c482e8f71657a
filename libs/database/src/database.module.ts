import { Module, type DynamicModule } from '@nestjs/common';
import type { DatabaseConfig } from './config.js';
import { Database } from './database.js';

/** Makes the service's one {@link Database} available everywhere in it. */
@Module({})
export class DatabaseModule {
  static forRoot(config: DatabaseConfig): DynamicModule {
    const provider = {
      provide: Database,
      async useFactory(): Promise<Database> {
        const database = new Database(config);
        await database.assertDurable();
        return database;
      },
    };
    return { module: DatabaseModule, global: true, providers: [provider], exports: [Database] };
  }
}
