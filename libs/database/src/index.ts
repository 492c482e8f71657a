export * from './config.js';
export * from './cursor.js';
export * from './database.js';
export * from './database.module.js';
export * from './failures.js';
export * from './migrate.js';
export * from './outcomes.js';
export * from './values.js';
export type { MigrationInterface, QueryRunner } from 'typeorm';
