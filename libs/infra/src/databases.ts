import pg from 'pg';

interface Login {
  readonly user: string;
  readonly password: string;
}

/** A database, and who owns it. */
export interface ServiceDatabase extends Login {
  readonly name: string;
}

/** One database, as its owner and as whom a service works with it. */
export interface DatabaseUrls {
  readonly ownerUrl: string;
  readonly runtimeUrl: string;
}

/** The name of the user that works with a database of this owner. */
export const runtimeUserOf = (owner: string): string => `${owner}_runtime`;

/** The environment of a service's migrations, on top of the service's own. */
export function migrationEnvironment({ ownerUrl, runtimeUrl }: DatabaseUrls): Record<string, string> {
  const { username } = new URL(runtimeUrl);
  return { DATABASE_URL: ownerUrl, DATABASE_RUNTIME_USER: decodeURIComponent(username) };
}

/** Of one service's replicas together: none can keep the others out. */
const CONNECTIONS_MAX = 100;

/** Any number will do as long as every caller takes the same: creations happen one after the other. */
const creationLock = 7_246_391;

/**
 * Makes a database and the user that owns it, where they are missing, and sets the user's password.
 * Nobody else may connect to it (superusers aside). Repeating it, or several at once, changes nothing.
 * @param adminUrl connection of a superuser, or of a user that may create databases and roles
 * @returns the connection URL of the new user to the new database
 */
export async function createServiceDatabase(adminUrl: string, database: ServiceDatabase): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [creationLock]);
    await createUser(client, database);
    await createDatabase(client, database);
  } finally {
    // Ending the session gives the lock back as well.
    await client.end();
  }
  const url = new URL(withLogin(adminUrl, database));
  url.pathname = `/${encodeURIComponent(database.name)}`;
  return url.href;
}

/**
 * As {@link createServiceDatabase}, with a user besides the owner whom migrations let work with it.
 * @param runtimePassword another one than the owner's
 */
export async function createServiceDatabaseWithRuntime(
  adminUrl: string,
  database: ServiceDatabase,
  runtimePassword: string,
): Promise<DatabaseUrls> {
  const ownerUrl = await createServiceDatabase(adminUrl, database);
  const runtime = { user: runtimeUserOf(database.user), password: runtimePassword };
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [creationLock]);
    await createUser(client, runtime);
  } finally {
    await client.end();
  }
  return { ownerUrl, runtimeUrl: withLogin(ownerUrl, runtime) };
}

function withLogin(url: string, { user, password }: Login): string {
  const its = new URL(url);
  its.username = encodeURIComponent(user);
  its.password = encodeURIComponent(password);
  return its.href;
}

/**
 * Lets nobody but superusers into the databases that a server has from the first. For a server of ours: on another
 * one somebody may count on them.
 */
export async function closeMaintenanceDatabases(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC');
  } finally {
    await client.end();
  }
}

async function createUser(client: pg.Client, { user, password }: Login): Promise<void> {
  const role = client.escapeIdentifier(user);
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [user]);
  if (rowCount === 0) {
    await client.query(`CREATE ROLE ${role} LOGIN`);
    // Only a member of a role may give it a database; superusers are members of every role anyway.
    await client.query(`GRANT ${role} TO CURRENT_USER`);
  }
  await client.query(
    `ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)} CONNECTION LIMIT ${CONNECTIONS_MAX}`,
  );
}

/**
 * The server's own, unless that cannot hold every name, or tells É from é in searches: a server set up without a locale
 * has SQL_ASCII, or the letters of English alone.
 */
async function encodingOf(client: pg.Client): Promise<string> {
  if ((await isUtf8(client)) && (await knowsLetters(client))) return '';
  return `TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'`;
}

async function isUtf8(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ holds: boolean }>(
    `SELECT bool_and(pg_encoding_to_char(encoding) = 'UTF8') AS holds
     FROM pg_database WHERE datname IN ('template1', current_database())`,
  );
  return rows[0]?.holds === true;
}

/** Of a database in UTF8: to others, these letters may not even be sent. */
async function knowsLetters(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ known: boolean }>(`SELECT lower('É') = 'é' AS known`);
  return rows[0]?.known === true;
}

async function createDatabase(client: pg.Client, { name, user }: ServiceDatabase): Promise<void> {
  const database = client.escapeIdentifier(name);
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount === 0) {
    const owner = client.escapeIdentifier(user);
    await client.query(`CREATE DATABASE ${database} OWNER ${owner} ${await encodingOf(client)}`);
  }
  await client.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
}
