import { IMPATIENT, VACUUMED, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Addresses that are told of what became of orders, each with the number up to which it was told, and the tries. */
export class Webhooks1769126400010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(`
      CREATE TABLE webhooks (
        webhook_id uuid PRIMARY KEY,
        name text NOT NULL,
        url text NOT NULL,
        types text[] NOT NULL,
        status text NOT NULL CHECK (status IN ('ACTIVE', 'PAUSED', 'DISABLED')),
        status_reason text CHECK (status_reason IN ('REQUESTED', 'FAILING', 'GONE', 'RECORDS_DELETED')),
        secret bytea NOT NULL,
        previous_secret bytea,
        previous_until timestamptz(3),
        told_seq bigint NOT NULL,
        owed_since timestamptz(3),
        failures integer NOT NULL DEFAULT 0,
        failing_since timestamptz(3),
        due_at timestamptz(3) NOT NULL DEFAULT now(),
        tries bigint NOT NULL DEFAULT 0,
        lease_holder uuid,
        leased_until timestamptz,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT webhooks_stopped_check CHECK ((status = 'ACTIVE') = (status_reason IS NULL))
      ) WITH (${VACUUMED})`);
    await runner.query(`
      CREATE TABLE webhook_deliveries (
        webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
        number bigint NOT NULL,
        message_id text NOT NULL,
        type text NOT NULL,
        sequence bigint,
        at timestamptz(3) NOT NULL DEFAULT now(),
        took_ms integer NOT NULL,
        status integer,
        error text,
        PRIMARY KEY (webhook_id, number)
      ) WITH (${VACUUMED})`);
    await runner.query('CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_deliveries');
    await runner.query('DROP TABLE webhooks');
  }
}
