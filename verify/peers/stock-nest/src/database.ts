import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type ValueTransformer } from 'typeorm';
import type { Settings } from './settings.js';

/** Amounts of money, in minor units: int8 comes as text from the driver. */
export const MONEY: { type: 'bigint'; transformer: ValueTransformer } = {
  type: 'bigint',
  transformer: { to: (amount: number) => amount, from: (text: string) => Number(text) },
};

/** A service's own database, as in Nest's recipe for TypeORM. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  static of({ databaseUrl }: Settings, entities: (new () => object)[]): DynamicModule {
    if (databaseUrl === undefined) throw new Error('DATABASE_URL is not set');
    const provider = {
      provide: DataSource,
      useFactory: () =>
        new DataSource({ type: 'postgres', url: databaseUrl, entities, synchronize: true }).initialize(),
    };
    return { module: DatabaseModule, providers: [provider], exports: [DataSource] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}
