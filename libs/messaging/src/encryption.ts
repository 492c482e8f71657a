import { nodesOf } from '@jangteo/contracts';
import {
  byCode,
  explain,
  tlsFiles,
  tlsNames,
  tlsRules,
  whyRefused,
  type Rule,
  type Server,
  type TlsFiles,
} from '@jangteo/tls';

export const BROKER: Server = {
  name: 'the broker',
  url: 'AMQP_URL',
  encrypted: 'amqps://',
  plain: 'amqp://',
  ...tlsNames('AMQP'),
};

/** One try to connect. */
interface Attempt {
  readonly tls?: TlsFiles;
  /** The node's URL; undefined where it did not come to that. */
  readonly node: string | undefined;
}

/** Of a refusal under TLS 1.3 often no more is heard. */
function whyClosed({ node, tls }: Attempt): string {
  return node?.startsWith('amqps:') === true
    ? whyRefused(BROKER, tls)
    : 'speaks TLS on this port, and AMQP_URL has amqp://: set amqps://, or the port of a listener without TLS';
}

const RULES: readonly Rule<Attempt>[] = [
  ...tlsRules(BROKER),
  {
    fits: (fact, { node }) =>
      node !== undefined &&
      (byCode('ECONNRESET', 'EPIPE')(fact) || fact.message.startsWith('Socket closed abruptly')),
    says: (attempt) =>
      `the broker has closed the connection without a word: if that is so each time, it ${whyClosed(attempt)}`,
  },
];

/** Says why there is no connection, and in brackets what the client said. */
export function explainBroker(error: unknown, attempt: Attempt): string {
  return explain([error], RULES, attempt);
}

/** @throws ConfigurationError where files are missing beside others, or there are some and a node without TLS */
export function brokerTls(config: { readonly AMQP_URL: string }): TlsFiles {
  return tlsFiles(
    BROKER,
    config,
    nodesOf(config.AMQP_URL).every((node) => node.startsWith('amqps:')),
  );
}
