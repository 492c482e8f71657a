import { VACUUMED, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** A row an action: made before it is done, ended once after. Texts are JSON, as it was. */
const ADMIN_LOG = `
  CREATE TABLE admin_log (
    entry_id uuid PRIMARY KEY,
    at timestamptz(3) NOT NULL DEFAULT now(),
    actor_id uuid NOT NULL,
    actor_role text NOT NULL,
    action text NOT NULL,
    target_type text,
    target text,
    user_id uuid,
    asked text,
    request_id text NOT NULL,
    network text NOT NULL,
    ended_at timestamptz(3),
    result text CHECK (result IN ('DONE', 'REFUSED', 'UNKNOWN')),
    status int,
    code text,
    before text,
    after text,
    CHECK ((ended_at IS NULL) = (result IS NULL) AND (ended_at IS NULL) = (status IS NULL))
  ) WITH (${VACUUMED})`;

const INDEXES = [
  'CREATE INDEX admin_log_newest ON admin_log (at, entry_id)',
  'CREATE INDEX admin_log_of_actor ON admin_log (actor_id, at, entry_id)',
  'CREATE INDEX admin_log_of_target ON admin_log (target, at, entry_id) WHERE target IS NOT NULL',
  `CREATE INDEX admin_log_of_user ON admin_log ((user_id::text), at, entry_id) WHERE user_id IS NOT NULL`,
];

/** Nothing is changed but that an entry is ended, once, and nothing goes that is younger than 90 days. */
const ONLY_GROWS = `
  CREATE FUNCTION refuse_admin_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
      AND (OLD.entry_id, OLD.at, OLD.actor_id, OLD.actor_role, OLD.action, OLD.request_id, OLD.network)
        = (NEW.entry_id, NEW.at, NEW.actor_id, NEW.actor_role, NEW.action, NEW.request_id, NEW.network)
      AND OLD.asked IS NOT DISTINCT FROM NEW.asked
      AND (OLD.target IS NULL OR (OLD.target, OLD.target_type) = (NEW.target, NEW.target_type))
      AND (OLD.user_id IS NULL OR OLD.user_id = NEW.user_id)
    THEN RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '90 days' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the admin log only grows: % is refused', TG_OP;
  END $$`;

const TRIGGERS = [
  `CREATE TRIGGER admin_log_only_grows BEFORE UPDATE OR DELETE ON admin_log
   FOR EACH ROW EXECUTE FUNCTION refuse_admin_log_change()`,
  `CREATE TRIGGER admin_log_stays BEFORE TRUNCATE ON admin_log
   FOR EACH STATEMENT EXECUTE FUNCTION refuse_admin_log_change()`,
];

export class AdminLog1768953600004 implements MigrationInterface {
  readonly name = 'AdminLog1768953600004';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [ADMIN_LOG, ...INDEXES, ONLY_GROWS, ...TRIGGERS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE admin_log');
    await runner.query('DROP FUNCTION refuse_admin_log_change');
  }
}
