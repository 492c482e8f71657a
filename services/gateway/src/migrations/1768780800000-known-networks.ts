import { VACUUMED, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** From where accounts have logged in before: whatever strangers do, logins from there go on. */
export class KnownNetworks1768780800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE known_networks (
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        -- Of user and network, so that nobody reads from it who lives where.
        network_hash bytea NOT NULL,
        seen_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, network_hash)
      ) WITH (${VACUUMED})`);
    await runner.query('CREATE INDEX known_networks_by_age ON known_networks (seen_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE known_networks');
  }
}
