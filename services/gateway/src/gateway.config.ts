import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { commonEnv, ConfigurationError, readConfig } from '@jangteo/service';
import { z } from 'zod';
import { faultOfOrigins } from './domain/cors.js';
import { emailAddress, newPassword } from './schemas.js';
import { TrustedProxies } from './trusted-proxies.js';

/** A PEM whose line ends were written as `\n`, as files of variables often have them. */
const pem = z
  .string()
  .transform((text) => text.replaceAll(String.raw`\n`, '\n'))
  .refine(isEd25519, { message: 'must be an Ed25519 private key, PKCS #8 in PEM' });

const PEM_BLOCK = /-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----/g;

/** One PEM after the other; of a private key only the public part is kept. */
const publicKeys = z.string().transform((text, context): KeyObject[] => {
  const blocks = text.replaceAll(String.raw`\n`, '\n').match(PEM_BLOCK) ?? [];
  const keys = blocks.map(publicKeyOf).filter((key) => key !== undefined);
  if (keys.length > 0 && keys.length === blocks.length) return keys;
  context.addIssue({ code: 'custom', message: 'must be Ed25519 public keys in PEM, one after the other' });
  return z.NEVER;
});

/** Origins, separated by commas. */
const origins = z.string().transform((text, context): string[] => {
  const list = text
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  const message = faultOfOrigins(list);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
  return list;
});

/** Addresses or networks, separated by commas. */
const proxies = z.string().transform((text, context): TrustedProxies => {
  try {
    return new TrustedProxies(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

const gatewayEnv = {
  ...commonEnv,
  // It reads and writes a few rows of its own, and somebody waits at the other end for each of them.
  DATABASE_STATEMENT_TIMEOUT_MS: commonEnv.DATABASE_STATEMENT_TIMEOUT_MS.removeDefault().default(4_000),
  DATABASE_LOCK_TIMEOUT_MS: commonEnv.DATABASE_LOCK_TIMEOUT_MS.removeDefault().default(3_000),
  DATABASE_TRANSACTION_DEADLINE_MS: commonEnv.DATABASE_TRANSACTION_DEADLINE_MS.removeDefault().default(5_000),
  /** Signs access tokens. Without it, outside production, a key is made that lives as long as the process. */
  TOKEN_PRIVATE_KEY: pem.optional(),
  /** Whose tokens are good too: while keys are rotated, the one before, and before that the one to come. */
  TOKEN_ACCEPTED_KEYS: publicKeys.optional(),
  TOKEN_ISSUER: z.string().min(1).default('jangteo'),
  TOKEN_AUDIENCE: z.string().min(1).default('jangteo'),
  ACCESS_TOKEN_SECONDS: z.coerce.number().int().min(10).max(86_400).default(900),
  /**
   * For how long after its start a gateway takes access tokens that name no session, as those of the release before
   * do: as long as an upgrade takes, at most. They go on after a logout, for as long as they live.
   */
  TOKENS_WITHOUT_SESSION_SECONDS: z.coerce.number().int().min(0).max(86_400).default(3_600),
  /** How long a session lives on without being used. */
  REFRESH_TOKEN_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  /** How long a refresh token that was spent is answered again as the first time, while its successor is unused. */
  REFRESH_REPEAT_SECONDS: z.coerce.number().int().min(0).max(300).default(30),
  /** How long it is kept who did what as an admin; the database itself keeps 90 days at least. */
  ADMIN_LOG_DAYS: z.coerce.number().int().min(90).max(36_500).default(400),
  /** The session that was used least recently ends where a login would make it one more. */
  SESSIONS_PER_USER_MAX: z.coerce.number().int().min(1).max(10_000).default(100),
  /** Where metrics and the health of the whole shop are shown to those who operate it; 0 for any free port. */
  OPS_HOST: z.string().min(1).default('127.0.0.1'),
  OPS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  ADMIN_EMAIL: emailAddress.optional(),
  ADMIN_PASSWORD: newPassword.optional(),
  /**
   * Requests in work at a time; whoever comes then is sent away at once. At a thousand orders a second it is as
   * many as are answered in one: who waits behind more had better come again.
   */
  REQUESTS_IN_WORK_MAX: z.coerce.number().int().min(1).max(100_000).default(1_000),
  /**
   * How long a look at balance and coupon before an order may take. What is not seen by then is left out. 0 for no
   * look.
   */
  ORDER_LOOK_MS: z.coerce.number().int().min(0).max(10_000).default(200),
  /** Requests that one address may send; far more than any honest client does. */
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).max(100_000_000).default(60_000),
  /** For one address and one e-mail together. */
  LOGIN_ATTEMPTS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(10),
  /**
   * Of one address, whatever e-mails it tries, and of one e-mail, whatever addresses try it that the account was not
   * used from before. Wider networks may have more of them.
   */
  LOGIN_FAILURES_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(100),
  /** For how long an account is known to be used from a network that it is not used from any more. */
  KNOWN_NETWORK_DAYS: z.coerce.number().int().min(1).max(3_650).default(90),
  /** Registrations from one address; 0 for any number. In production 100 unless it is set. */
  ACCOUNTS_PER_NETWORK_PER_HOUR: z.coerce.number().int().min(0).max(1_000_000).optional(),
  /** Of one user; far more than any honest client does. */
  CHARGES_PER_USER_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(1_000),
  /** Charges of one user that the payment provider declines: beyond, nobody is asked for a minute. */
  DECLINED_CHARGES_PER_USER_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(30),
  ORDERS_PER_USER_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(30_000),
  COUPON_ISSUES_PER_USER_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(3_000),
  /** Connections that clients may have open, all of them and those of one address; a trusted proxy's have no limit. */
  CONNECTIONS_MAX: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  CONNECTIONS_PER_ADDRESS_MAX: z.coerce.number().int().min(1).max(1_000_000).default(4_000),
  /** How long a connection may stay open with nothing asked on it. */
  CONNECTION_IDLE_MS: z.coerce.number().int().min(100).max(3_600_000).default(72_000),
  /** Whoever takes longer to read an answer is cut off. */
  ANSWER_SENDING_DEADLINE_MS: z.coerce.number().int().min(100).max(3_600_000).default(60_000),
  /** Bytes of answers that wait for their clients to read; beyond them, who has most of them is cut off. */
  UNSENT_BYTES_MAX: z.coerce.number().int().min(65_536).max(4_294_967_296).default(67_108_864),
  /** Whoever takes longer to send a request is cut off. */
  REQUEST_ARRIVAL_DEADLINE_MS: z.coerce.number().int().min(100).max(300_000).default(30_000),
  /** Passwords that are hashed at a time: each takes a core and 19 MiB. */
  PASSWORD_HASHES_MAX: z.coerce.number().int().min(1).max(64).default(2),
  /** Passwords that wait for it at most; whoever comes then is sent away at once. */
  PASSWORDS_WAITING_MAX: z.coerce.number().int().min(1).max(100_000).default(500),
  /** How often the books of all services are audited; 0 for only when an admin asks. */
  AUDIT_INTERVAL_SECONDS: z.coerce.number().int().min(0).max(86_400).default(60),
  /** How long an audit may take in all; what could not be asked by then is unknown. */
  AUDIT_DEADLINE_MS: z.coerce.number().int().min(100).max(3_600_000).default(30_000),
  /** Orders placed less long ago are not compared between services: they may be on their way. */
  AUDIT_GRACE_MS: z.coerce.number().int().min(0).max(3_600_000).default(10_000),
  /** After this a difference between services is looked at once more, and reported if it is still the same. */
  AUDIT_PAUSE_MS: z.coerce.number().int().min(0).max(10_000).default(2_000),
  /** Whose X-Forwarded-For is believed. */
  TRUSTED_PROXIES: proxies.optional(),
  /** Origins whose pages browsers may let call the API. */
  CORS_ORIGINS: origins.default([]),
};

/** In production, where nothing else is said. */
const ACCOUNTS_PER_NETWORK_PER_HOUR = 100;

export type GatewayConfig = z.infer<z.ZodObject<typeof gatewayEnv>> & {
  readonly ACCOUNTS_PER_NETWORK_PER_HOUR: number;
};

function publicKeyOf(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey(text);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

function isEd25519(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

/** @throws ConfigurationError naming what is missing or wrong */
export function readGatewayConfig(environment: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const config = readConfig(gatewayEnv, environment);
  if (config.NODE_ENV === 'production' && config.TOKEN_PRIVATE_KEY === undefined) {
    throw new ConfigurationError('the environment does not fit: TOKEN_PRIVATE_KEY: is needed in production');
  }
  if ((config.ADMIN_EMAIL === undefined) !== (config.ADMIN_PASSWORD === undefined)) {
    throw new ConfigurationError(
      'the environment does not fit: ADMIN_EMAIL and ADMIN_PASSWORD: are needed both, or neither',
    );
  }
  const usual = config.NODE_ENV === 'production' ? ACCOUNTS_PER_NETWORK_PER_HOUR : 0;
  return { ...config, ACCOUNTS_PER_NETWORK_PER_HOUR: config.ACCOUNTS_PER_NETWORK_PER_HOUR ?? usual };
}
