import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Who ends an entry may change nothing else of it; with the key by which something was done, or without. */
const onlyGrows = (keys: string): string => `
  CREATE OR REPLACE FUNCTION refuse_admin_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
      AND (OLD.entry_id, OLD.at, OLD.actor_id, OLD.actor_role, OLD.action, OLD.request_id, OLD.network)
        = (NEW.entry_id, NEW.at, NEW.actor_id, NEW.actor_role, NEW.action, NEW.request_id, NEW.network)
      AND OLD.asked IS NOT DISTINCT FROM NEW.asked ${keys}
      AND (OLD.target IS NULL OR (OLD.target, OLD.target_type) = (NEW.target, NEW.target_type))
      AND (OLD.user_id IS NULL OR OLD.user_id = NEW.user_id)
    THEN RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '90 days' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the admin log only grows: % is refused', TG_OP;
  END $$`;

/** Keys of programs, each with a role of its own and in the name of who made it. */
export class ApiKeys1769126400004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(`
      CREATE TABLE api_keys (
        key_id uuid PRIMARY KEY,
        key_hash bytea NOT NULL UNIQUE,
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
        maker_id uuid NOT NULL REFERENCES users,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3)
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`);
    await runner.query('CREATE INDEX api_keys_by_end ON api_keys (expires_at)');
    await runner.query('ALTER TABLE admin_log ADD COLUMN key_id uuid');
    await runner.query(onlyGrows('AND OLD.key_id IS NOT DISTINCT FROM NEW.key_id'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(onlyGrows(''));
    await runner.query('ALTER TABLE admin_log DROP COLUMN key_id');
    await runner.query('DROP TABLE api_keys');
  }
}
