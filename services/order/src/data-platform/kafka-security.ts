import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { ConfigurationError, isKnownSecret, type serviceEnv } from '@jangteo/service';
import { z } from 'zod';

const file = z.string().min(1).optional();

export const kafkaSecurityEnv = {
  DATA_PLATFORM_KAFKA_MECHANISM: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
    .optional()
    .describe('how the service logs in to Kafka (SASL); without it there is no login'),
  DATA_PLATFORM_KAFKA_USER: z.string().min(1).optional().describe('the user of this login'),
  DATA_PLATFORM_KAFKA_PASSWORD: z.string().min(1).optional().describe('the password of this login'),
  DATA_PLATFORM_KAFKA_PASSWORD_FILE: file.describe(
    'a file that holds this password instead; read again for each new connection',
  ),
  DATA_PLATFORM_KAFKA_CA_FILE: file.describe(
    "PEM file with the certificates of the authorities that brokers' certificates may come from, for " +
      '`kafka+ssl://`; those that Node.js brings where it is not set',
  ),
  DATA_PLATFORM_KAFKA_CERTIFICATE_FILE: file.describe(
    'PEM file with the certificate that the service shows to brokers, and those that link it to its authority',
  ),
  DATA_PLATFORM_KAFKA_KEY_FILE: file.describe('PEM file with the private key of that certificate'),
};

type Settings = z.infer<z.ZodObject<typeof kafkaSecurityEnv>>;
type Variable = keyof Settings;
type Given = Settings & Pick<z.infer<z.ZodObject<typeof serviceEnv>>, 'NODE_ENV'>;

/** A value, or the file that it is read from, each with the variable that says so. */
interface FileSetting {
  readonly variable: Variable;
  readonly path: string;
}

export interface KafkaLogin {
  readonly mechanism: NonNullable<Settings['DATA_PLATFORM_KAFKA_MECHANISM']>;
  readonly user: string;
  readonly password: string | FileSetting;
  /** Outside of production: a password that everybody tries first will do. */
  readonly takesKnown?: boolean;
}

export interface KafkaTls {
  readonly ca?: FileSetting;
  /** What the service shows of itself. */
  readonly own?: { readonly certificate: FileSetting; readonly key: FileSetting };
}

/** How brokers are reached: in the clear without `tls`, by anybody without `login`. */
export interface KafkaSecurity {
  readonly tls?: KafkaTls;
  readonly login?: KafkaLogin;
}

/** As the client takes them. */
export interface ClientSecurity {
  readonly tls?: {
    readonly rejectUnauthorized: true;
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  readonly tlsServerName?: boolean;
  readonly sasl?: {
    readonly mechanism: KafkaLogin['mechanism'];
    readonly username: string;
    readonly password: string;
  };
}

/** @returns the problem with a variable, never its value */
export function unfit(variable: string, problem: string): ConfigurationError {
  return new ConfigurationError(`the environment does not fit: ${variable}: ${problem}`);
}

function fileSetting(config: Settings, variable: Variable): FileSetting | undefined {
  const path = config[variable];
  return path === undefined ? undefined : { variable, path };
}

function loginOf(config: Given): KafkaLogin | undefined {
  const {
    DATA_PLATFORM_KAFKA_MECHANISM: mechanism,
    DATA_PLATFORM_KAFKA_USER: user,
    DATA_PLATFORM_KAFKA_PASSWORD: inline,
  } = config;
  const inFile = fileSetting(config, 'DATA_PLATFORM_KAFKA_PASSWORD_FILE');
  const password = inline ?? inFile;
  if (mechanism === undefined) {
    if (user === undefined && password === undefined) return undefined;
    throw unfit('DATA_PLATFORM_KAFKA_MECHANISM', 'is needed with a user or a password');
  }
  if (user === undefined) throw unfit('DATA_PLATFORM_KAFKA_USER', `is needed to log in by ${mechanism}`);
  if (password === undefined) {
    const problem = `is needed to log in by ${mechanism}, or DATA_PLATFORM_KAFKA_PASSWORD_FILE`;
    throw unfit('DATA_PLATFORM_KAFKA_PASSWORD', problem);
  }
  if (inline !== undefined && inFile !== undefined) {
    throw unfit('DATA_PLATFORM_KAFKA_PASSWORD_FILE', 'may not stand beside DATA_PLATFORM_KAFKA_PASSWORD');
  }
  return { mechanism, user, password, takesKnown: config.NODE_ENV !== 'production' };
}

function tlsOf(config: Settings): KafkaTls {
  const ca = fileSetting(config, 'DATA_PLATFORM_KAFKA_CA_FILE');
  const certificate = fileSetting(config, 'DATA_PLATFORM_KAFKA_CERTIFICATE_FILE');
  const key = fileSetting(config, 'DATA_PLATFORM_KAFKA_KEY_FILE');
  if (certificate !== undefined && key === undefined) {
    throw unfit('DATA_PLATFORM_KAFKA_KEY_FILE', 'is needed with DATA_PLATFORM_KAFKA_CERTIFICATE_FILE');
  }
  if (certificate === undefined && key !== undefined) {
    throw unfit('DATA_PLATFORM_KAFKA_CERTIFICATE_FILE', 'is needed with DATA_PLATFORM_KAFKA_KEY_FILE');
  }
  const own = certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
  return { ...(ca && { ca }), ...(own && { own }) };
}

/** @throws ConfigurationError where the settings contradict each other, or something is missing */
export function securityOf(config: Given, isEncrypted: boolean): KafkaSecurity {
  const tls = tlsOf(config);
  const [unused] = [tls.ca, tls.own?.certificate].filter((setting) => setting !== undefined);
  // Whoever sets it takes the connection for an encrypted one.
  if (!isEncrypted && unused !== undefined) {
    throw unfit(unused.variable, 'is for kafka+ssl://, and DATA_PLATFORM_URL is kafka://, without TLS');
  }
  const login = loginOf(config);
  return { ...(isEncrypted && { tls }), ...(login && { login }) };
}

function read({ variable, path }: FileSetting): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unfit(variable, `the file cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @returns the file, and the first of its certificates */
function certificatesIn(setting: FileSetting): { text: string; first: X509Certificate } {
  const text = read(setting);
  try {
    const [first] = (text.match(CERTIFICATES) ?? []).map((one) => new X509Certificate(one));
    if (first !== undefined) return { text, first };
  } catch {
    // As if there were none: a client passes over it in silence.
  }
  throw unfit(setting.variable, 'the file holds no certificate in PEM, or a broken one');
}

function ownIn({ certificate, key }: NonNullable<KafkaTls['own']>): { cert: string; key: string } {
  const { text: cert, first } = certificatesIn(certificate);
  const keyText = read(key);
  let isItsKey: boolean;
  try {
    isItsKey = first.checkPrivateKey(createPrivateKey(keyText));
  } catch {
    throw unfit(key.variable, 'the file holds no private key in PEM that can be read without a passphrase');
  }
  if (!isItsKey) throw unfit(key.variable, `is not the key of ${certificate.variable}`);
  return { cert, key: keyText };
}

function passwordIn({ password, user, takesKnown = false }: KafkaLogin): string {
  const isInline = typeof password === 'string';
  // Editors end a file with a newline.
  const text = isInline ? password : read(password).replace(/\r?\n$/, '');
  const variable = isInline ? 'DATA_PLATFORM_KAFKA_PASSWORD' : password.variable;
  if (text === '') throw unfit(variable, 'the file is empty');
  if (!takesKnown && isKnownSecret(text, user)) {
    throw unfit(variable, isInline ? 'is a default password' : 'the file holds a default password');
  }
  return text;
}

/**
 * Reads the files that are named, as they are now.
 *
 * @throws ConfigurationError where one is missing, or holds something else
 */
export function readSecurity({ tls, login }: KafkaSecurity, brokers: readonly string[]): ClientSecurity {
  return {
    ...(tls && {
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
      tls: {
        rejectUnauthorized: true as const,
        ...(tls.ca && { ca: certificatesIn(tls.ca).text }),
        ...(tls.own && ownIn(tls.own)),
      },
      // For brokers behind one address. A name is checked in any case; addresses may not be sent as one.
      tlsServerName: brokers.every(
        (broker) => isIP(broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')) === 0,
      ),
    }),
    ...(login && {
      sasl: { mechanism: login.mechanism, username: login.user, password: passwordIn(login) },
    }),
  };
}
