import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** The admin of the configuration as it was last applied, of which there is one. */
export class ConfiguredAdmin1769126400005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(`
      CREATE TABLE configured_admin (
        is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
        credentials_hash text NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE configured_admin');
  }
}
