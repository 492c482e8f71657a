import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forgetSums, noteChanges, type SummedTable } from './kept-sums.sql.js';

/** Keeps sums from now on. What is there already is summed by the service at work, some thousand rows at a time. */
export abstract class KeepingSums implements MigrationInterface {
  protected abstract readonly summed: SummedTable;
  /** That the entries are of. */
  protected abstract readonly books: readonly string[];

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of noteChanges(this.summed)) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of forgetSums(this.summed, this.books)) await runner.query(statement);
  }
}
