import { describe, expect, it } from '@jest/globals';
import { explainKafka, type KafkaPlace } from './kafka-failure.js';

const file = (path: string) => ({ setting: 'DATA_PLATFORM_KAFKA_CA_FILE', path }) as const;
const OPEN: KafkaPlace = { topic: 'orders' };
const TLS: KafkaPlace = { topic: 'orders', tls: {} };
const OWN: KafkaPlace = { topic: 'orders', tls: { own: { certificate: file('a'), key: file('b') } } };
const LOGIN: KafkaPlace = {
  topic: 'orders',
  tls: {},
  login: { mechanism: 'SCRAM-SHA-256', user: 'shop', password: 'of the shop' },
};

const coded = (code: string, message = 'it failed'): Error => Object.assign(new Error(message), { code });
const answered = (apiId: string): Error => Object.assign(new Error(`Kafka says ${apiId}`), { apiId });
/** As the client nests what a connection met, once a try. */
const nested = (inner: Error): Error =>
  new AggregateError(
    [1, 2].map(
      () => new AggregateError([new Error('Connection to b:9093 failed.', { cause: inner })], 'none'),
    ),
    'initProducerId failed 2 times.',
  );

describe('a failure of Kafka', () => {
  it.each<[Error, KafkaPlace, string]>([
    [answered('TOPIC_AUTHORIZATION_FAILED'), LOGIN, 'the user of DATA_PLATFORM_KAFKA_USER may not write'],
    [answered('TOPIC_AUTHORIZATION_FAILED'), OWN, "the certificate's subject may not write to topic orders"],
    [answered('CLUSTER_AUTHORIZATION_FAILED'), TLS, 'whoever is not logged in may not write to topic orders'],
    [answered('UNKNOWN_TOPIC_OR_PARTITION'), LOGIN, 'there is no topic orders'],
    [coded('PLT_KFK_USER', 'Unknown topic orders.'), LOGIN, 'there is no topic orders'],
    [answered('MESSAGE_TOO_LARGE'), LOGIN, 'more than topic orders takes at a time'],
    [answered('RECORD_LIST_TOO_LARGE'), LOGIN, 'more than topic orders takes at a time'],
    [answered('NOT_ENOUGH_REPLICAS'), LOGIN, 'fewer replicas of topic orders are in sync'],
    [answered('NOT_ENOUGH_REPLICAS_AFTER_APPEND'), LOGIN, 'fewer replicas of topic orders are in sync'],
    [answered('UNSUPPORTED_SASL_MECHANISM'), LOGIN, 'the broker has no login by SCRAM-SHA-256'],
    [answered('ILLEGAL_SASL_STATE'), LOGIN, 'the broker takes no login on this port'],
    [answered('SASL_AUTHENTICATION_FAILED'), LOGIN, 'the broker refuses the login by SCRAM-SHA-256'],
    [coded('PLT_KFK_AUTHENTICATION'), LOGIN, 'the broker refuses the login by SCRAM-SHA-256'],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID'), TLS, "the broker's certificate is for another name"],
    [coded('CERT_HAS_EXPIRED'), TLS, "the broker's certificate has expired"],
    [coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), TLS, "the broker's certificate is not trusted"],
    [coded('SELF_SIGNED_CERT_IN_CHAIN'), TLS, "the broker's certificate is not trusted"],
    [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), TLS, "the broker's certificate is not trusted"],
    [coded('ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE'), TLS, 'the broker asks for a certificate'],
    [coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), TLS, 'the broker asks for a certificate'],
    [coded('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), OWN, 'the broker does not trust the certificate of'],
    [coded('PLT_KFK_USER', 'Broker requires TLS.'), OPEN, 'the broker speaks TLS on this port'],
    [
      coded('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'),
      TLS,
      'the broker does not speak TLS on this port',
    ],
    [coded('ERR_SSL_WRONG_VERSION_NUMBER'), TLS, 'the broker does not speak TLS on this port'],
    [coded('ENOTFOUND'), TLS, "a broker's host has no address"],
    [coded('ECONNREFUSED'), TLS, 'no broker answers there'],
    [coded('PLT_KFK_NETWORK', 'Connection closed'), TLS, 'the broker has closed the connection'],
    [new DOMException('The operation was aborted', 'TimeoutError'), TLS, 'the brokers have not confirmed'],
  ])('is said as what it means: %s', (inner, place, meaning) => {
    for (const error of [inner, nested(inner)]) {
      expect(explainKafka([error], place).startsWith(meaning)).toBe(true);
      expect(explainKafka([error], place).endsWith(`${inner.message})`)).toBe(true);
    }
  });

  it('is said as the client says it where nobody knows better, each thing once and on one line', () => {
    expect(explainKafka([nested(new Error('broken\n\tpipe'))], LOGIN)).toBe(
      'initProducerId failed 2 times.: none: Connection to b:9093 failed.: broken pipe',
    );
    expect(explainKafka([nested(coded('PLT_KFK_NETWORK', 'Connection closed'))], LOGIN)).toMatch(/^init/);
    expect(explainKafka(['words'], OPEN)).toBe('words');
  });

  it('is what a connection met rather than what follows from it', () => {
    const closed = nested(coded('PLT_KFK_NETWORK', 'Connection closed'));
    const met = new Error('Connection error', { cause: coded('ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE') });
    expect(explainKafka([closed, met], TLS)).toMatch(/^the broker asks for a certificate/);
  });

  it('is what the topic says rather than that one broker of several is down', () => {
    const errors = [answered('NOT_ENOUGH_REPLICAS'), coded('ECONNREFUSED')];
    expect(explainKafka(errors, LOGIN)).toMatch(/^fewer replicas/);
  });

  it('never tells the password', () => {
    expect(explainKafka([answered('SASL_AUTHENTICATION_FAILED')], LOGIN)).not.toContain('of the shop');
  });
});
