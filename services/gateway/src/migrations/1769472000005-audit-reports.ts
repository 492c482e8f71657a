import { VACUUMED, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const AUDIT_REPORTS = `
  CREATE TABLE audit_reports (
    audit_id uuid PRIMARY KEY,
    report json NOT NULL CHECK (octet_length(report::text) <= 65536)
  ) WITH (${VACUUMED})`;

export class AuditReports1769472000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(AUDIT_REPORTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_reports');
  }
}
