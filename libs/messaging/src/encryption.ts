import { nodesOf } from '@jangteo/contracts';
import {
  byCode,
  explain,
  serverBySchemes,
  tlsFiles,
  tlsRules,
  whyClosed,
  type Rule,
  type TlsFiles,
} from '@jangteo/tls';

export const BROKER = serverBySchemes('the broker', 'amqp', 'AMQP');

/** One try to connect. */
interface Attempt {
  readonly tls?: TlsFiles;
  /** The node's URL; undefined where it did not come to that. */
  readonly node: string | undefined;
}

const RULES: readonly Rule<Attempt>[] = [
  ...tlsRules(BROKER),
  {
    fits: (fact, { node }) =>
      node !== undefined &&
      (byCode('ECONNRESET', 'EPIPE')(fact) || fact.message.startsWith('Socket closed abruptly')),
    // Of a refusal under TLS 1.3 often no more is heard.
    says: ({ node, tls }) => {
      const why = whyClosed(BROKER, node?.startsWith('amqps:') === true, tls);
      return `the broker has closed the connection without a word: if that is so each time, it ${why}`;
    },
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
