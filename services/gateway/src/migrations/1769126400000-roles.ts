import type { MigrationInterface, QueryRunner } from '@jangteo/database';

const check = (roles: string): string => `
  ALTER TABLE users DROP CONSTRAINT users_role_check,
    ADD CONSTRAINT users_role_check CHECK (role IN (${roles})) NOT VALID`;

/** Viewers and operators beside customers and admins, who stay what they are. */
export class Roles1769126400000 implements MigrationInterface {
  /** Nobody waits while it is looked whether all rows fit. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await this.#replace(runner, check(`'customer', 'viewer', 'operator', 'admin'`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE users SET role = 'customer' WHERE role IN ('viewer', 'operator')`);
    await this.#replace(runner, check(`'customer', 'admin'`));
  }

  async #replace(runner: QueryRunner, statement: string): Promise<void> {
    await runner.query(`SET lock_timeout = '3s'`);
    try {
      await runner.query(statement);
    } finally {
      await runner.query('RESET lock_timeout');
    }
    await runner.query('ALTER TABLE users VALIDATE CONSTRAINT users_role_check');
  }
}
