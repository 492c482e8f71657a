import pg from 'pg';

/** The user that a service works as; the owner of its database, who migrates it, is another. */
export interface RuntimeUser {
  readonly name: string;
  /** Statements that it must not run, by table, though it may change rows of all others. */
  readonly denied: Readonly<Record<string, readonly ('UPDATE' | 'DELETE')[]>>;
}

/** TypeORM's list of the migrations that were run. */
const MIGRATIONS = 'migrations';

/**
 * Lets a service's user read and change rows of every table, those of later migrations too, and nothing else: nothing
 * of the schema is its own. Everybody else is kept out of the database. Repeating it changes nothing.
 *
 * @param owner a connection of the database's owner
 * @throws Error where there is no such user, or it is the owner
 */
export async function grantRuntime(owner: pg.Client, { name, denied }: RuntimeUser): Promise<void> {
  const { rows } = await owner.query<{ database: string; user: string }>(
    'SELECT current_database() AS database, current_user AS user',
  );
  const { database = '', user } = rows[0] ?? {};
  if (user === name) throw new Error(`DATABASE_RUNTIME_USER must be another user than the owner, ${user}`);
  const [to, its] = [owner.escapeIdentifier(name), owner.escapeIdentifier(database)];
  const kept = { ...denied, [MIGRATIONS]: ['INSERT', 'UPDATE', 'DELETE'] };
  const refusals = Object.entries(kept).map(
    ([table, privileges]) => `REVOKE ${privileges.join(', ')} ON ${owner.escapeIdentifier(table)} FROM ${to}`,
  );
  const statements = [
    `REVOKE CONNECT, TEMPORARY ON DATABASE ${its} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${its} TO ${to}`,
    // A server that was made before version 15 lets everybody make tables and functions there.
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    `GRANT USAGE ON SCHEMA public TO ${to}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${to}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${to}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${to}`,
    `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${to}`,
    ...refusals,
  ];
  // As one text they are one transaction: at no moment may it do more than in the end.
  await owner.query(statements.join(';\n'));
}
