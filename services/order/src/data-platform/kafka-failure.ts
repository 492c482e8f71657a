import { byCode, explain, tlsRules, type Rule } from '@jangteo/tls';
import { KAFKA, type KafkaSecurity } from './kafka-security.js';

/** Where records were to go, as far as it says what a failure means. */
export interface KafkaPlace extends KafkaSecurity {
  readonly topic: string;
}

function accountOf({ login, tls }: KafkaPlace): string {
  if (login !== undefined) return `the user of DATA_PLATFORM_KAFKA_USER`;
  return tls?.own === undefined ? 'whoever is not logged in' : "the certificate's subject";
}

const RULES: readonly Rule<KafkaPlace>[] = [
  {
    fits: byCode('TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'),
    says: (place) =>
      `${accountOf(place)} may not write to topic ${place.topic}, or there is none: ` +
      'grant it Write on the topic',
  },
  {
    fits: (fact) => byCode('UNKNOWN_TOPIC_OR_PARTITION')(fact) || fact.message.startsWith('Unknown topic '),
    says: ({ topic }) => `there is no topic ${topic}, and the brokers do not make it: create it`,
  },
  {
    fits: byCode('MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'),
    says: ({ topic }) =>
      `more than topic ${topic} takes at a time: fewer records are sent next; where one alone is too large, ` +
      'raise max.message.bytes of the topic',
  },
  {
    fits: byCode('NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'),
    says: ({ topic }) =>
      `fewer replicas of topic ${topic} are in sync than its min.insync.replicas asks for: ` +
      'bring the other brokers back',
  },
  {
    fits: byCode('UNSUPPORTED_SASL_MECHANISM'),
    says: ({ login }) =>
      `the broker has no login by ${login?.mechanism}: set DATA_PLATFORM_KAFKA_MECHANISM to one that it enables`,
  },
  {
    fits: byCode('ILLEGAL_SASL_STATE'),
    says: () =>
      'the broker takes no login on this port: use the port of its SASL listener, or set no ' +
      'DATA_PLATFORM_KAFKA_MECHANISM, user and password',
  },
  {
    fits: byCode('SASL_AUTHENTICATION_FAILED', 'PLT_KFK_AUTHENTICATION'),
    says: ({ login }) =>
      `the broker refuses the login by ${login?.mechanism}: user or password is wrong, or the user has no ` +
      'password for this mechanism',
  },
  {
    fits: ({ message }) => message === 'Broker requires TLS.',
    says: () =>
      'the broker speaks TLS on this port, and DATA_PLATFORM_URL is kafka://: set kafka+ssl://, or the port of a ' +
      'listener without TLS',
  },
  ...tlsRules(
    KAFKA,
    "the hosts of DATA_PLATFORM_URL, and those of the brokers' advertised.listeners, must stand in it",
  ),
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

/**
 * Says why a batch failed, and what to do about it, and in brackets what the client said.
 *
 * @param errors what was thrown, and what went wrong with connections by then
 */
export function explainKafka(errors: readonly unknown[], place: KafkaPlace): string {
  return explain(errors, RULES, place);
}
