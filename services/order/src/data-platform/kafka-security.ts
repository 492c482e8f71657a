import { isIP } from 'node:net';
import { unfit } from '@jangteo/contracts';
import { isKnownSecret, type serviceEnv } from '@jangteo/service';
import {
  readSetting,
  readTls,
  tlsEnv,
  tlsFiles,
  tlsNames,
  type FileSetting,
  type Server,
  type TlsFiles,
  type TlsOptions,
} from '@jangteo/tls';
import { z } from 'zod';

const PREFIX = 'DATA_PLATFORM_KAFKA';

export const KAFKA: Server = {
  name: 'the broker',
  url: 'DATA_PLATFORM_URL',
  encrypted: 'kafka+ssl://',
  plain: 'kafka://',
  ...tlsNames(PREFIX),
};

/** A connection that ends without one is made anew with what was read before. */
const READ = 'at the start and after a failure';

export const kafkaSecurityEnv = {
  DATA_PLATFORM_KAFKA_MECHANISM: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
    .optional()
    .describe('how the service logs in to Kafka (SASL); without it there is no login'),
  DATA_PLATFORM_KAFKA_USER: z.string().min(1).optional().describe('the user of this login'),
  DATA_PLATFORM_KAFKA_PASSWORD: z.string().min(1).optional().describe('the password of this login'),
  DATA_PLATFORM_KAFKA_PASSWORD_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(`a file that holds this password instead; read ${READ}`),
  ...tlsEnv(PREFIX, KAFKA, READ),
};

type Settings = z.infer<z.ZodObject<typeof kafkaSecurityEnv>>;
type Given = Settings & Pick<z.infer<z.ZodObject<typeof serviceEnv>>, 'NODE_ENV'>;

export interface KafkaLogin {
  readonly mechanism: NonNullable<Settings['DATA_PLATFORM_KAFKA_MECHANISM']>;
  readonly user: string;
  readonly password: string | FileSetting;
  /** Outside of production: a password that everybody tries first will do. */
  readonly takesKnown?: boolean;
}

/** How brokers are reached: in the clear without `tls`, by anybody without `login`. */
export interface KafkaSecurity {
  readonly tls?: TlsFiles;
  readonly login?: KafkaLogin;
}

/** As the client takes them. */
export interface ClientSecurity {
  readonly tls?: TlsOptions;
  readonly tlsServerName?: boolean;
  readonly sasl?: {
    readonly mechanism: KafkaLogin['mechanism'];
    readonly username: string;
    readonly password: string;
  };
}

function loginOf(config: Given): KafkaLogin | undefined {
  const {
    DATA_PLATFORM_KAFKA_MECHANISM: mechanism,
    DATA_PLATFORM_KAFKA_USER: user,
    DATA_PLATFORM_KAFKA_PASSWORD: inline,
  } = config;
  const path = config.DATA_PLATFORM_KAFKA_PASSWORD_FILE;
  const inFile = path === undefined ? undefined : { setting: 'DATA_PLATFORM_KAFKA_PASSWORD_FILE', path };
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

/** @throws ConfigurationError where the settings contradict each other, or something is missing */
export function securityOf(config: Given, isEncrypted: boolean): KafkaSecurity {
  const tls = tlsFiles(KAFKA, config, isEncrypted);
  const login = loginOf(config);
  return { ...(isEncrypted && { tls }), ...(login && { login }) };
}

function passwordIn({ password, user, takesKnown = false }: KafkaLogin): string {
  const isInline = typeof password === 'string';
  // Editors end a file with a newline.
  const text = isInline ? password : readSetting(password).replace(/\r?\n$/, '');
  const variable = isInline ? 'DATA_PLATFORM_KAFKA_PASSWORD' : password.setting;
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
      tls: readTls(tls),
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
