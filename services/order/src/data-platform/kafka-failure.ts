import type { KafkaSecurity } from './kafka-security.js';

/** Where records were to go, as far as it says what a failure means. */
export interface KafkaPlace extends KafkaSecurity {
  readonly topic: string;
}

/** One of the errors that the client nests. */
interface Fact {
  readonly name: string;
  readonly message: string;
  /** Node's, or the client's. */
  readonly code: string;
  /** Kafka's own name, of what a broker has answered. */
  readonly apiId: string;
}

interface Rule {
  readonly fits: (fact: Fact, place: KafkaPlace) => boolean;
  readonly says: (place: KafkaPlace) => string;
}

const byCode =
  (...codes: string[]): Rule['fits'] =>
  ({ code }) =>
    codes.includes(code);

const byAnswer =
  (...ids: string[]): Rule['fits'] =>
  ({ apiId }) =>
    ids.includes(apiId);

function accountOf({ login, tls }: KafkaPlace): string {
  if (login !== undefined) return `the user of DATA_PLATFORM_KAFKA_USER`;
  return tls?.own === undefined ? 'whoever is not logged in' : "the certificate's subject";
}

/** The first that fits any of the errors counts: what says more stands before what follows from it. */
const RULES: readonly Rule[] = [
  {
    fits: byAnswer('TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'),
    says: (place) =>
      `${accountOf(place)} may not write to topic ${place.topic}, or there is none: ` +
      'grant it Write on the topic',
  },
  {
    fits: (fact, place) =>
      byAnswer('UNKNOWN_TOPIC_OR_PARTITION')(fact, place) || fact.message.startsWith('Unknown topic '),
    says: ({ topic }) => `there is no topic ${topic}, and the brokers do not make it: create it`,
  },
  {
    fits: byAnswer('MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'),
    says: ({ topic }) =>
      `more than topic ${topic} takes at a time: fewer records are sent next; where one alone is too large, ` +
      'raise max.message.bytes of the topic',
  },
  {
    fits: byAnswer('NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'),
    says: ({ topic }) =>
      `fewer replicas of topic ${topic} are in sync than its min.insync.replicas asks for: ` +
      'bring the other brokers back',
  },
  {
    fits: byAnswer('UNSUPPORTED_SASL_MECHANISM'),
    says: ({ login }) =>
      `the broker has no login by ${login?.mechanism}: set DATA_PLATFORM_KAFKA_MECHANISM to one that it enables`,
  },
  {
    fits: byAnswer('ILLEGAL_SASL_STATE'),
    says: () =>
      'the broker takes no login on this port: use the port of its SASL listener, or set no ' +
      'DATA_PLATFORM_KAFKA_MECHANISM, user and password',
  },
  {
    fits: (fact, place) =>
      byAnswer('SASL_AUTHENTICATION_FAILED')(fact, place) || byCode('PLT_KFK_AUTHENTICATION')(fact, place),
    says: ({ login }) =>
      `the broker refuses the login by ${login?.mechanism}: user or password is wrong, or the user has no ` +
      'password for this mechanism',
  },
  {
    fits: byCode('ERR_TLS_CERT_ALTNAME_INVALID'),
    says: () =>
      "the broker's certificate is for another name: the hosts of DATA_PLATFORM_URL, and those of the brokers' " +
      'advertised.listeners, must stand in the certificate',
  },
  {
    fits: byCode('CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'),
    says: () => "the broker's certificate has expired, or is not valid yet: renew it, and look at the clocks",
  },
  {
    fits: byCode(
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'CERT_SIGNATURE_FAILURE',
      'CERT_UNTRUSTED',
      'INVALID_CA',
    ),
    says: () =>
      "the broker's certificate is not trusted: DATA_PLATFORM_KAFKA_CA_FILE must hold the authority that issued it",
  },
  {
    fits: ({ code }) => /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA)/.test(code),
    says: ({ tls }) =>
      tls?.own === undefined
        ? 'the broker asks for a certificate: set DATA_PLATFORM_KAFKA_CERTIFICATE_FILE and DATA_PLATFORM_KAFKA_KEY_FILE'
        : 'the broker does not trust the certificate of DATA_PLATFORM_KAFKA_CERTIFICATE_FILE, or it has expired',
  },
  {
    fits: ({ message }) => message === 'Broker requires TLS.',
    says: () =>
      'the broker speaks TLS on this port, and DATA_PLATFORM_URL is kafka://: set kafka+ssl://, or the port of a ' +
      'listener without TLS',
  },
  {
    fits: ({ message, code }) =>
      message.startsWith('TLS handshake failed') ||
      message.includes('before secure TLS connection') ||
      code === 'ERR_SSL_WRONG_VERSION_NUMBER',
    says: () =>
      'the broker does not speak TLS on this port, and DATA_PLATFORM_URL is kafka+ssl://: set the port of its ' +
      'TLS listener',
  },
  {
    fits: byCode('ENOTFOUND', 'EAI_AGAIN'),
    says: () =>
      "a broker's host has no address: look at DATA_PLATFORM_URL and at the brokers' advertised.listeners",
  },
  {
    fits: byCode('ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'),
    says: () => 'no broker answers there: is it running, and are host and port right?',
  },
  {
    fits: ({ message }, { login }) => message === 'Connection closed' && login === undefined,
    says: () =>
      'the broker has closed the connection: if it does so each time, it wants a login ' +
      '(DATA_PLATFORM_KAFKA_MECHANISM, user and password)',
  },
  {
    fits: ({ name }) => name === 'TimeoutError',
    says: () => 'the brokers have not confirmed within DATA_PLATFORM_TIMEOUT_MS',
  },
];

/** All that the client nests in an error, outermost first. */
function factsOf(error: unknown): Fact[] {
  const { name, message, code, apiId, errors, cause } = (error ?? {}) as Partial<AggregateError & Fact>;
  const inner = [...((errors as unknown[] | undefined) ?? []), ...(cause === undefined ? [] : [cause])];
  const text = (message ?? String(error)).replaceAll(/\s+/g, ' ').trim();
  const own = { name: name ?? '', message: text, code: String(code), apiId: apiId ?? '' };
  return [own, ...inner.flatMap(factsOf)];
}

/**
 * Says why a batch failed, and what to do about it, and in brackets what the client said.
 *
 * @param errors what was thrown, and what went wrong with connections by then
 */
export function explainKafka(errors: readonly unknown[], place: KafkaPlace): string {
  const facts = errors.flatMap(factsOf);
  const said = [...new Set(facts.map(({ message }) => message))]
    .filter((message) => message !== '')
    .join(': ');
  const rule = RULES.find(({ fits }) => facts.some((fact) => fits(fact, place)));
  return rule === undefined ? said : `${rule.says(place)} (${said})`;
}
