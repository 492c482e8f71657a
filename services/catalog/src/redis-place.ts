import { isIP } from 'node:net';
import {
  byCode,
  explain,
  readTls,
  serverBySchemes,
  tlsFiles,
  tlsRules,
  whyClosed,
  type Rule,
  type TlsFiles,
} from '@jangteo/tls';

export const REDIS = serverBySchemes('Redis', 'redis', 'REDIS');

/** Where Redis is, and how it is reached. */
export interface RedisPlace {
  readonly url: string;
  /** Undefined without TLS. */
  readonly tls: TlsFiles | undefined;
}

const EACH_TIME = 'if that is so each time, it';

interface Connection {
  readonly tls?: TlsFiles | undefined;
  /** What ends one that was ready is nothing that its settings are to blame for. */
  readonly wasReady: boolean;
}

const RULES: readonly Rule<Connection>[] = [
  ...tlsRules(REDIS),
  {
    fits: (fact, { wasReady }) =>
      !wasReady && (fact.message === 'Socket closed unexpectedly' || byCode('ECONNRESET', 'EPIPE')(fact)),
    // Of a handshake that fails Redis says nothing to its client, or the client does not hear it.
    says: ({ tls }) =>
      `Redis has closed the connection: ${EACH_TIME} ${whyClosed(REDIS, tls !== undefined, tls)}`,
  },
  {
    fits: ({ message }, { tls, wasReady }) =>
      !wasReady && message === 'Connection timeout' && tls !== undefined,
    says: () =>
      `Redis has not answered in time: ${EACH_TIME} does not speak TLS on this port, and REDIS_URL has rediss://`,
  },
];

/**
 * Says why Redis is away, and in brackets what the client said.
 * @param wasReady whether the connection that failed had been at work
 */
export const explainRedis = (error: unknown, { tls }: RedisPlace, wasReady = false): string =>
  explain([error], RULES, { tls, wasReady });

/** @throws ConfigurationError where a file for TLS is missing beside another, there is one without TLS, or it does not fit */
export function redisPlaceOf(config: { readonly REDIS_URL?: string | undefined }): RedisPlace | undefined {
  const { REDIS_URL: url } = config;
  if (url === undefined) return undefined;
  const isEncrypted = url.startsWith('rediss:');
  const tls = tlsFiles(REDIS, config, isEncrypted);
  readTls(tls);
  return { url, tls: isEncrypted ? tls : undefined };
}

/** What the client's sockets are told, with the files as they are now. @throws ConfigurationError as above */
export function redisTls({ url, tls }: RedisPlace) {
  if (tls === undefined) return {};
  const host = new URL(url).hostname;
  // Some hosted servers tell by the name which of them is asked for. Addresses may not be sent as one.
  const isName = isIP(host.replace(/^\[|\]$/g, '')) === 0;
  return { tls: true as const, ...readTls(tls), ...(isName && { servername: host }) };
}
