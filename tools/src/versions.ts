import { run } from '@jangteo/infra';
import { connectToBroker, readOnlyDatabase } from '@jangteo/testkit';

/** Versions by what has them. */
export type Versions = Readonly<Record<string, string>>;

export interface Servers {
  readonly postgresUrl: string;
  readonly amqpUrl: string;
}

/** As the broker says when one connects. */
export async function brokerVersion(amqpUrl: string): Promise<string> {
  const connection = await connectToBroker(amqpUrl);
  try {
    return String(connection.connection.serverProperties.version);
  } finally {
    await connection.close();
  }
}

async function databaseVersion(postgresUrl: string): Promise<string> {
  const database = readOnlyDatabase(postgresUrl);
  try {
    const [row] = await database.rows<{ server_version: string }>('SHOW server_version', []);
    // Behind it stands who has packed it.
    return row?.server_version.split(' ')[0] ?? 'unknown';
  } finally {
    await database.close();
  }
}

/** Of the servers themselves, whoever has started them. */
export async function serverVersions({
  postgresUrl,
  amqpUrl,
}: Servers): Promise<Record<'RabbitMQ' | 'PostgreSQL', string>> {
  const [rabbit, postgres] = await Promise.all([brokerVersion(amqpUrl), databaseVersion(postgresUrl)]);
  return { RabbitMQ: rabbit, PostgreSQL: postgres };
}

export async function engineVersion(): Promise<Versions> {
  return { Docker: (await run('docker', ['version', '--format', '{{.Server.Version}}'])).trim() };
}

/** The line that says what something was tried on. */
export const versionsLine = (versions: Versions): string =>
  `Versions: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`;
