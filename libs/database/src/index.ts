export * from './book.entities.js';
export * from './books.js';
export * from './changes-by-source.js';
export * from './config.js';
export { UnsafeServer } from './connection.js';
export * from './cursor.js';
export * from './database.js';
export * from './database.module.js';
export * from './declared-tables.js';
export * from './domain/index.js';
export * from './failures.js';
export * from './ids.sql.js';
export * from './keeping-sums.js';
export * from './kept-sums.js';
export * from './kept-sums.sql.js';
export * from './forgetting.js';
export * from './live-index.js';
export * from './migrate.js';
export * from './outcome-lives.js';
export * from './outcome.entities.js';
export * from './outcomes.js';
export * from './outside-database.js';
export type { RuntimeUser } from './runtime-user.js';
export type { Statement } from './statement-group.js';
export * from './table.js';
export * from './vacuum.js';
export * from './values.js';
export {
  Check,
  Column,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
