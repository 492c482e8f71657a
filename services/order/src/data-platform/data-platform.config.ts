import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unfit, wholeNumber } from '@jangteo/contracts';
import { keptSeconds, type serviceEnv } from '@jangteo/service';
import { z } from 'zod';
import { kafkaSecurityEnv, securityOf, type KafkaSecurity } from './kafka-security.js';

export const dataPlatformEnv = {
  DATA_PLATFORM_URL: z
    .string()
    .min(1)
    .default('file:.local/data-platform.ndjson')
    .describe(
      'where successes and cancellations are sent: a file (`file:…`), `https://…`, ' +
        '`kafka+ssl://broker[,broker]/topic` or `kafka://…`, or `none`; [more](data-platform.md)',
    ),
  DATA_PLATFORM_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('signs what is sent over HTTP; needed for that in production'),
  DATA_PLATFORM_ALLOW_PLAINTEXT: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'with `NODE_ENV=production` `http://` and `kafka://`, which anybody on the way can read, are taken only ' +
        'where this is `true`',
    ),
  ...kafkaSecurityEnv,
  DATA_PLATFORM_INTERVAL_MS: wholeNumber(10, 60_000, 500).describe(
    'pause between two looks at what to send; what has piled up is sent without pauses',
  ),
  DATA_PLATFORM_BATCH_MAX: wholeNumber(1, 5_000, 500).describe(
    'records that are sent at a time, as far as 512 KiB go',
  ),
  DATA_PLATFORM_TIMEOUT_MS: wholeNumber(100, 120_000, 10_000).describe(
    'how long the receiver may take to confirm a batch',
  ),
  DATA_PLATFORM_RETRY_MS: wholeNumber(10, 3_600_000, 1_000).describe(
    'pause before a batch that failed is sent again; it doubles up to the next',
  ),
  DATA_PLATFORM_RETRY_MS_MAX: wholeNumber(10, 3_600_000, 60_000).describe('the longest such pause'),
  DATA_PLATFORM_KEPT_SECONDS: keptSeconds(7_776_000).describe(
    'how long records are kept, and can be sent again, that were sent to the data platform',
  ),
};

export type DataPlatformConfig = z.infer<z.ZodObject<typeof dataPlatformEnv>> &
  z.infer<z.ZodObject<typeof serviceEnv>>;

/** The receiver of records, as read from DATA_PLATFORM_URL. */
export type Destination =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'http'; readonly url: URL; readonly secret: string | undefined }
  | ({ readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly topic: string } & KafkaSecurity);

const KAFKA_PATTERN = /^kafka(\+ssl)?:\/\/([^/@?#\s]+)\/([A-Za-z0-9._-]{1,249})$/;
const BROKER_PATTERN = /^(\[[0-9a-f:.]+\]|[^:[\],]+):\d{1,5}$/i;

function fileOf(text: string): Destination {
  const isUrl = text.startsWith('file://');
  try {
    return { kind: 'file', path: isUrl ? fileURLToPath(text) : resolve(text.slice('file:'.length)) };
  } catch {
    throw unfit('DATA_PLATFORM_URL', 'must be file:<path> or file:///<absolute path>');
  }
}

function refusePlaintext(config: DataPlatformConfig, what: string): void {
  if (config.NODE_ENV !== 'production' || config.DATA_PLATFORM_ALLOW_PLAINTEXT === 'true') return;
  throw unfit(
    'DATA_PLATFORM_URL',
    `${what}: production takes it with DATA_PLATFORM_ALLOW_PLAINTEXT=true alone`,
  );
}

function httpOf(text: string, config: DataPlatformConfig): Destination {
  const url = URL.parse(text);
  if (url === null) throw unfit('DATA_PLATFORM_URL', 'is not a URL');
  if (url.username !== '' || url.password !== '') {
    throw unfit('DATA_PLATFORM_URL', 'may not hold a user or a password: requests are signed instead');
  }
  if (url.protocol === 'http:') refusePlaintext(config, 'is http://, which anybody on the way can read');
  const secret = config.DATA_PLATFORM_SECRET;
  if (config.NODE_ENV === 'production' && secret === undefined) {
    throw unfit('DATA_PLATFORM_SECRET', 'is needed in production to sign what is sent over HTTP');
  }
  return { kind: 'http', url, secret };
}

function kafkaOf(text: string, config: DataPlatformConfig): Destination {
  const [, ssl, hosts = '', topic = ''] = KAFKA_PATTERN.exec(text) ?? [];
  const brokers = hosts.split(',');
  if (!brokers.every((broker) => BROKER_PATTERN.test(broker))) {
    throw unfit(
      'DATA_PLATFORM_URL',
      'must be kafka+ssl://host:port[,host:port]/topic, or the same with kafka://',
    );
  }
  if (ssl === undefined) refusePlaintext(config, 'is kafka://, which anybody on the way can read');
  return { kind: 'kafka', brokers, topic, ...securityOf(config, ssl !== undefined) };
}

/** @throws ConfigurationError naming the variable that does not fit, never its value */
export function destinationOf(config: DataPlatformConfig): Destination {
  const text = config.DATA_PLATFORM_URL;
  if (text === 'none') return { kind: 'none' };
  if (text.startsWith('file:')) return fileOf(text);
  if (/^https?:\/\//.test(text)) return httpOf(text, config);
  if (/^kafka(\+\w*)?:/.test(text)) return kafkaOf(text, config);
  throw unfit(
    'DATA_PLATFORM_URL',
    'must begin with file:, http://, https://, kafka:// or kafka+ssl://, or be none',
  );
}
