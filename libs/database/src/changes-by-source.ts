import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildLiveIndex, dropLiveIndex } from './live-index.js';

const NAME = 'book_changes_by_source';

/** So that notes of one source, of which there may be millions for an hour, are in nobody else's way. */
export class ChangesBySource1769731200006 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, NAME, 'book_changes (source, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, NAME);
  }
}
