import { unfit } from '@jangteo/contracts';
import {
  byCode,
  explain,
  readTls,
  tlsFiles,
  tlsRules,
  type Rule,
  type Server,
  type TlsFiles,
} from '@jangteo/tls';
import pg from 'pg';

/** A database server, by the name of the variable that says where it is. */
const serverOf = (variable: string): Server => ({
  name: 'the database server',
  url: variable,
  encrypted: 'sslmode=verify-full',
  plain: 'no sslmode, or disable',
  ca: `sslrootcert in ${variable} (or PGSSLROOTCERT)`,
  certificate: `sslcert in ${variable} (or PGSSLCERT)`,
  key: `sslkey in ${variable} (or PGSSLKEY)`,
});

/** Of libpq; each but the first verifies the certificate and its name here. */
const MODES = ['disable', 'require', 'verify-ca', 'verify-full'];
/** Values of the driver's own parameter, `ssl`. */
const SSL: Readonly<Record<string, string>> = {
  true: 'verify-full',
  1: 'verify-full',
  false: 'disable',
  0: 'disable',
};
/** Those that the driver would read for itself: in a way of its own, and at a bad moment. */
const PARAMETERS = ['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'];

const rulesOf = (server: Server): readonly Rule<{ readonly tls: TlsFiles }>[] => [
  {
    fits: (fact) => byCode('28000')(fact) && fact.message.includes('valid client certificate'),
    says: () => `the database server asks for a certificate: set sslcert and sslkey in ${server.url}`,
  },
  {
    fits: (fact) => byCode('28000')(fact) && fact.message.includes('no encryption'),
    says: () =>
      'the database server takes nobody without TLS, or not this user from here: set sslmode=verify-full in ' +
      `${server.url}, or look at pg_hba.conf`,
  },
  {
    fits: ({ message }) => message === 'The server does not support SSL connections',
    says: () =>
      `the database server does not speak TLS, and ${server.url} asks for it (sslmode): set ssl=on there, or ` +
      'sslmode=disable',
  },
  ...tlsRules(server),
];

/** Where a database is, and how it is reached. */
export interface DatabasePlace {
  /** For a pool, with the kind of clients that it makes. */
  readonly options: {
    readonly connectionString: string;
    readonly ssl: boolean;
    readonly Client: typeof pg.Client;
  };
  /** Says why there is no connection, and in brackets what the driver said. */
  explain(error: unknown): string;
}

/** A client that reads the files for TLS when it connects, and verifies the server whatever the driver would do. */
function clientWith(tls: TlsFiles): typeof pg.Client {
  return class extends pg.Client {
    override connect(...callbacks: unknown[]): Promise<never> {
      // The driver's types hide it.
      const { connection } = this as unknown as { connection: { ssl: unknown } };
      const [callback] = callbacks as [((error: unknown) => void)?];
      try {
        if (connection.ssl) connection.ssl = readTls(tls);
      } catch (error) {
        if (callback === undefined) return Promise.reject(error as Error);
        process.nextTick(callback, error);
        return undefined as never;
      }
      return super.connect(callback as never) as never;
    }
  };
}

/** The mode, undefined where nothing is said of TLS. @throws ConfigurationError where it is none of ours */
function modeOf(variable: string, sslmode: string | undefined, ssl: string | undefined): string | undefined {
  const mode = sslmode ?? (ssl === undefined ? undefined : (SSL[ssl] ?? ssl));
  if (mode === undefined || MODES.includes(mode)) return mode;
  const problem = `sslmode (or PGSSLMODE) must be one of ${MODES.join(', ')}: with others anybody could be the server`;
  throw unfit(variable, problem);
}

/**
 * Reads from a URL, and where it does not say from libpq's variables, how a database is to be reached. TLS as libpq
 * names it, but never less than verified: with any `sslmode` but `disable` the certificate must come from an authority of
 * `sslrootcert` (of those that Node.js brings with `system`, or without) and be for the host.
 *
 * @param variable the name of the one that holds the URL, for messages
 * @throws ConfigurationError where something does not fit, or a file that is named does not
 */
export function placeOf(
  databaseUrl: string,
  variable = 'DATABASE_URL',
  environment: NodeJS.ProcessEnv = process.env,
): DatabasePlace {
  const server = serverOf(variable);
  const url = new URL(databaseUrl);
  const isSaid = PARAMETERS.some((name) => url.searchParams.has(name));
  const inUrl = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  const around = (name: string): string | undefined => environment[`PG${name.toUpperCase()}`] || undefined;
  const own = modeOf(variable, inUrl('sslmode'), inUrl('ssl'));
  const mode = own ?? modeOf(variable, around('sslmode'), around('ssl'));
  // Files of the environment are for others then, which share it.
  const fileOf = (name: string) => inUrl(name) ?? (own === 'disable' ? undefined : around(name));
  const [root, certificate, key] = ['sslrootcert', 'sslcert', 'sslkey'].map(fileOf);
  for (const name of PARAMETERS) url.searchParams.delete(name);
  const isEncrypted =
    mode === undefined ? [root, certificate, key].some((file) => file !== undefined) : mode !== 'disable';
  const files = {
    [server.ca]: root === 'system' && isEncrypted ? undefined : root,
    [server.certificate]: certificate,
    [server.key]: key,
  };
  const tls = tlsFiles(server, files, isEncrypted);
  readTls(tls);
  const rules = rulesOf(server);
  return {
    options: {
      connectionString: isSaid ? url.href : databaseUrl,
      ssl: isEncrypted,
      Client: clientWith(tls),
    },
    explain: (error) => explain([error], rules, { tls }),
  };
}
