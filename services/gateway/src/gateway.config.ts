import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { unfit, wholeNumber } from '@jangteo/contracts';
import { commonEnv, currency, readConfig } from '@jangteo/service';
import { z } from 'zod';
import { faultOfOrigins } from './domain/cors.js';
import { emailAddress, newPassword } from './openapi/schemas.js';
import { NetworkList } from './http/network-list.js';

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
const networks = z.string().transform((text, context): NetworkList => {
  try {
    return new NetworkList(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');

export const gatewayEnv = {
  ...commonEnv,
  // It reads and writes a few rows of its own, and somebody waits at the other end for each of them.
  DATABASE_STATEMENT_TIMEOUT_MS: commonEnv.DATABASE_STATEMENT_TIMEOUT_MS.removeDefault().default(4_000),
  DATABASE_LOCK_TIMEOUT_MS: commonEnv.DATABASE_LOCK_TIMEOUT_MS.removeDefault().default(3_000),
  DATABASE_TRANSACTION_DEADLINE_MS: commonEnv.DATABASE_TRANSACTION_DEADLINE_MS.removeDefault().default(5_000),
  TOKEN_PRIVATE_KEY: pem
    .optional()
    .describe(
      'Ed25519 key (PKCS #8, PEM, line ends may be written as `\\n`) that signs access tokens; ' +
        '`/.well-known/jwks.json` shows its public part. Needed in production, else made at each start',
    ),
  TOKEN_ACCEPTED_KEYS: publicKeys
    .optional()
    .describe(
      'public keys (PEM, one after the other) whose tokens are good too, [while keys are ' +
        'rotated](operations.md#secrets-and-keys)',
    ),
  TOKEN_ISSUER: z.string().min(1).default('jangteo').describe('`iss` of access tokens; others are refused'),
  TOKEN_AUDIENCE: z.string().min(1).default('jangteo').describe('`aud` of access tokens; others are refused'),
  ACCESS_TOKEN_SECONDS: wholeNumber(10, 86_400, 900).describe('how long access tokens live'),
  TOKENS_WITHOUT_SESSION_SECONDS: wholeNumber(0, 86_400, 3_600).describe(
    'how long after its start a gateway takes access tokens that name no session, as those of the ' +
      'release before do: as long as an upgrade takes, at most. They go on after a logout, for as long ' +
      'as they live; 0 for never',
  ),
  REFRESH_TOKEN_DAYS: wholeNumber(1, 365, 30).describe(
    'how long a refresh token, and with it its session, lives from its last use',
  ),
  REFRESH_REPEAT_SECONDS: wholeNumber(0, 300, 30).describe(
    'how long a spent refresh token is answered with the same next one again, while that one is ' +
      'unused; 0 for never',
  ),
  ADMIN_LOG_DAYS: wholeNumber(90, 36_500, 400).describe('how long it is kept what staff did'),
  SESSIONS_PER_USER_MAX: wholeNumber(1, 10_000, 100).describe(
    'sessions of a user; a login beyond ends the one that was used least recently',
  ),
  OPS_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address on which the gateway serves metrics and health to those who operate the shop'),
  OPS_PORT: wholeNumber(0, 65_535, 0).describe(
    'port of it; 0 for any that is free. `npm start` takes 3010 or one that is free and prints it, ' +
      'images listen at 3010',
  ),
  ADMIN_EMAIL: emailAddress
    .optional()
    .describe('an admin that exists once the gateway is up; `npm start` and `npm run env` make one'),
  ADMIN_PASSWORD: newPassword
    .optional()
    .describe("the admin's password, needed with `ADMIN_EMAIL`; set once, and again when it is another"),
  REQUESTS_IN_WORK_MAX: wholeNumber(1, 100_000, 1_000).describe(
    'requests in work at a time, one of each connection, those still arriving left out; the next is ' +
      'answered 503 with `Retry-After` at once. A quarter more are for addresses that hold few, while ' +
      'others hold many',
  ),
  ORDER_LOOK_MS: wholeNumber(0, 10_000, 200).describe(
    'how long the look at balance and coupon before an order may take; what is not seen by then is ' +
      "left to the order's own steps. 0 for no look",
  ),
  RATE_LIMIT_PER_MINUTE: wholeNumber(1, 100_000_000, 60_000).describe(
    'requests that one address (IPv6: /64) may send to one gateway, a /56 twice, a /48 or /24 ten times as many',
  ),
  LOGIN_ATTEMPTS_PER_MINUTE: wholeNumber(1, 1_000_000, 10).describe(
    'logins of one address and one e-mail together',
  ),
  LOGIN_FAILURES_PER_MINUTE: wholeNumber(1, 1_000_000, 100).describe(
    'failed logins of one address to whatever accounts, and to one account from whatever addresses; a ' +
      '/24 and a /48 may have ten times as many, a /56 twice. It binds nobody who comes from where the ' +
      'account was used before',
  ),
  KNOWN_NETWORK_DAYS: wholeNumber(1, 3_650, 90).describe(
    'how long an account is known to be used from a network; the 20 latest of each account are kept, ' +
      'as hashes',
  ),
  ACCOUNTS_PER_NETWORK_PER_HOUR: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe(
      'registrations of one address, and of wider networks as with failed logins; 0 for any number. By ' +
        'default 100 in production, else 0. Behind a proxy that `TRUSTED_PROXIES` does not name, ' +
        'everybody is one address',
    ),
  CHARGES_PER_USER_PER_MINUTE: wholeNumber(1, 1_000_000, 1_000).describe(
    'charges of one user at one gateway; not of admins',
  ),
  DECLINED_CHARGES_PER_USER_PER_MINUTE: wholeNumber(1, 1_000_000, 30).describe(
    'charges of one user that the payment provider declined, or did not say in time what came of, after which ' +
      'there are none for the rest of the minute; not of admins',
  ),
  ORDERS_PER_USER_PER_MINUTE: wholeNumber(1, 1_000_000, 30_000).describe(
    'orders of one user at one gateway; not of admins',
  ),
  COUPON_ISSUES_PER_USER_PER_MINUTE: wholeNumber(1, 1_000_000, 3_000).describe(
    'asks for coupons of one user at one gateway; not of admins',
  ),
  CONNECTIONS_MAX: wholeNumber(1, 1_000_000, 10_000).describe(
    "connections that may be open; a trusted proxy's have no limit of their own. Beyond, an idle connection of the " +
      'network that holds most is closed for the newcomer',
  ),
  CONNECTIONS_PER_ADDRESS_MAX: wholeNumber(1, 1_000_000, 4_000).describe(
    'connections of one address (IPv6: /64) that may be open, of a /56 twice, of a /48 or /24 ten times as many',
  ),
  CONNECTION_IDLE_MS: wholeNumber(100, 3_600_000, 72_000).describe(
    'how long a connection stays open with nothing asked on it',
  ),
  ANSWER_SENDING_DEADLINE_MS: wholeNumber(100, 3_600_000, 60_000).describe(
    'how long a client may take to read an answer before it is cut off',
  ),
  UNSENT_BYTES_MAX: wholeNumber(65_536, 4_294_967_296, 67_108_864).describe(
    'bytes of all answers together that wait to be read; beyond them, who has most of them is cut off',
  ),
  STREAMS_MAX: wholeNumber(1, 100_000, 2_000).describe(
    'streams (server-sent events) that may be open at one gateway, three quarters of them without a login; the next is answered 503',
  ),
  STREAMS_PER_ADDRESS_MAX: wholeNumber(1, 100_000, 500).describe(
    'streams of one address (IPv6: /64) that may be open, of a /56 twice, of a /48 or /24 ten times as many; the next is answered 429',
  ),
  STREAMS_PER_USER_MAX: wholeNumber(1, 100_000, 50).describe(
    'streams of one user that may be open; the next is answered 429',
  ),
  STREAM_SECONDS_MAX: wholeNumber(1, 86_400, 600).describe(
    'how long a stream goes on before it is ended; its client connects again',
  ),
  STREAM_HEARTBEAT_SECONDS: wholeNumber(1, 3_600, 15).describe(
    'how long a stream is silent before a comment is sent, so that nobody between takes it for dead',
  ),
  STREAM_UNSENT_BYTES_MAX: wholeNumber(1_024, 16_777_216, 65_536).describe(
    'bytes of a stream that may wait to be read; who lets more gather is cut off',
  ),
  REQUEST_ARRIVAL_DEADLINE_MS: wholeNumber(100, 300_000, 30_000).describe(
    'how long a request may take to arrive before who sends it is cut off',
  ),
  PASSWORD_HASHES_MAX: wholeNumber(1, 64, 2).describe(
    'passwords that are hashed at a time: each takes a core and 19 MiB',
  ),
  PASSWORDS_WAITING_MAX: wholeNumber(1, 100_000, 500).describe(
    'passwords that wait for it; the next is sent away at once',
  ),
  AUDIT_INTERVAL_SECONDS: wholeNumber(0, 86_400, 60).describe(
    'how often the books are audited, by one gateway for all; less often when an audit takes long, so ' +
      'that audits have an eighth of the time at most; 0 for only when an admin asks',
  ),
  AUDIT_DEADLINE_MS: wholeNumber(100, 3_600_000, 30_000).describe(
    'how long an audit may take; what could not be asked by then is unknown',
  ),
  AUDIT_GRACE_MS: wholeNumber(0, 3_600_000, 10_000).describe(
    'how old an order is when it is first compared between services: younger ones may be on their way',
  ),
  AUDIT_PAUSE_MS: wholeNumber(0, 10_000, 2_000).describe(
    'pause after which a difference between services is looked at again, and reported if it is still ' +
      'the same',
  ),
  WEBHOOKS_MAX: wholeNumber(0, 1_000, 20).describe('webhooks that there may be; one more is refused'),
  WEBHOOK_INTERVAL_MS: wholeNumber(10, 60_000, 1_000).describe(
    'pause between two looks at whether a webhook is to be told anything',
  ),
  WEBHOOK_TIMEOUT_MS: wholeNumber(100, 60_000, 10_000).describe(
    'how long a receiver may take to confirm a record',
  ),
  WEBHOOK_RETRY_MS: wholeNumber(10, 3_600_000, 5_000).describe(
    'pause before a record that a webhook did not confirm is sent again; it doubles up to six hours, ' +
      '[for three days](operations.md#webhooks)',
  ),
  WEBHOOK_ALLOW_PRIVATE_ADDRESSES: yesOrNo
    .optional()
    .describe(
      'whether webhooks may go to addresses of our own network, which would let whoever makes one reach what ' +
        'only the gateway can; `false` by default in production, else `true`',
    ),
  WEBHOOK_ALLOW_PLAINTEXT: yesOrNo
    .optional()
    .describe('whether webhooks may go to `http://`; `false` by default in production, else `true`'),
  WEBHOOK_DENIED_NETWORKS: networks
    .prefault('')
    .describe(
      'addresses or networks (`203.0.113.0/24`), separated by commas, that count as our own network besides the ' +
        'private ones: webhooks go there in no case',
    ),
  TRUSTED_PROXIES: networks
    .optional()
    .describe('addresses or networks, separated by commas, whose `X-Forwarded-For` is believed'),
  CORS_ORIGINS: origins
    .default([])
    .describe(
      'origins (`https://console.example`), separated by commas, whose pages browsers may let call the ' +
        'API; without cookies',
    ),
  CONSOLE: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'whether the gateway has the console for browsers at `/console/`, and the routes by which browsers log in to it',
    ),
  CONSOLE_SITE: z
    .string()
    .min(1)
    .optional()
    .describe("folder of the console's built files; by default the one that the build puts them into"),
  CURRENCY: currency,
};

/** In production, where nothing else is said. */
const ACCOUNTS_PER_NETWORK_PER_HOUR = 100;

export type GatewayConfig = z.infer<z.ZodObject<typeof gatewayEnv>> & {
  readonly ACCOUNTS_PER_NETWORK_PER_HOUR: number;
  readonly WEBHOOK_ALLOW_PRIVATE_ADDRESSES: boolean;
  readonly WEBHOOK_ALLOW_PLAINTEXT: boolean;
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
    throw unfit('TOKEN_PRIVATE_KEY', 'is needed in production');
  }
  if ((config.ADMIN_EMAIL === undefined) !== (config.ADMIN_PASSWORD === undefined)) {
    throw unfit('ADMIN_EMAIL and ADMIN_PASSWORD', 'are needed both, or neither');
  }
  const isProduction = config.NODE_ENV === 'production';
  const usual = isProduction ? ACCOUNTS_PER_NETWORK_PER_HOUR : 0;
  return {
    ...config,
    ACCOUNTS_PER_NETWORK_PER_HOUR: config.ACCOUNTS_PER_NETWORK_PER_HOUR ?? usual,
    WEBHOOK_ALLOW_PRIVATE_ADDRESSES: config.WEBHOOK_ALLOW_PRIVATE_ADDRESSES ?? !isProduction,
    WEBHOOK_ALLOW_PLAINTEXT: config.WEBHOOK_ALLOW_PLAINTEXT ?? !isProduction,
  };
}
