import type { Server, TlsFiles } from './settings.js';

/** One of the errors that are nested in another. */
interface Fact {
  readonly name: string;
  readonly message: string;
  /** What programs know it by: the code of Node.js, of the client, or of the server that has answered. */
  readonly codes: readonly string[];
}

/** The meaning of some errors at a place. */
export interface Rule<P> {
  readonly fits: (fact: Fact, place: P) => boolean;
  readonly says: (place: P) => string;
}

export const byCode =
  (...codes: readonly string[]) =>
  (fact: Fact): boolean =>
    fact.codes.some((code) => codes.includes(code));

/** What a server does that has refused us for what we show of ourselves, to go on from its name. */
const whyRefused = (server: Server, tls: TlsFiles | undefined): string =>
  tls?.own === undefined
    ? `asks for a certificate: set ${server.certificate} and ${server.key}`
    : `does not trust the certificate of ${server.certificate}, or it has expired`;

/** What a server does that has closed a connection without a word, to go on from its name. */
export const whyClosed = (server: Server, isEncrypted: boolean, tls: TlsFiles | undefined): string =>
  isEncrypted
    ? whyRefused(server, tls)
    : `speaks TLS on this port, and ${server.url} has ${server.plain}: set ${server.encrypted}, or the port of a ` +
      'listener without TLS';

/** @param hosts where the names stand that a certificate must have */
export function tlsRules(
  server: Server,
  hosts = `the host of ${server.url} must stand in it`,
): readonly Rule<{ readonly tls?: TlsFiles }>[] {
  const { name, url, encrypted } = server;
  return [
    {
      fits: byCode('ERR_TLS_CERT_ALTNAME_INVALID'),
      says: () => `${name}'s certificate is for another name: ${hosts}`,
    },
    {
      fits: byCode('CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'),
      says: () => `${name}'s certificate has expired, or is not valid yet: renew it, and look at the clocks`,
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
      says: () => `${name}'s certificate is not trusted: ${server.ca} must hold the authority that issued it`,
    },
    {
      fits: ({ codes }) => codes.some((code) => /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA)/.test(code)),
      says: ({ tls }) => `${name} ${whyRefused(server, tls)}`,
    },
    {
      fits: (fact) =>
        byCode('ERR_SSL_WRONG_VERSION_NUMBER')(fact) ||
        fact.message.startsWith('TLS handshake failed') ||
        fact.message.includes('before secure TLS connection'),
      says: () =>
        `${name} does not speak TLS on this port, and ${url} has ${encrypted}: ` +
        'switch it on there, or use the port of its TLS listener',
    },
  ];
}

/** All that is nested in an error, outermost first. */
function factsOf(error: unknown): Fact[] {
  const its = (error ?? {}) as Partial<AggregateError> & {
    readonly code?: unknown;
    readonly apiId?: unknown;
  };
  const inner = [
    ...((its.errors as unknown[] | undefined) ?? []),
    ...(its.cause === undefined ? [] : [its.cause]),
  ];
  const codes = [its.code, its.apiId].filter((code) => typeof code === 'string');
  const message = (its.message ?? String(error)).replaceAll(/\s+/g, ' ').trim();
  return [{ name: its.name ?? '', message, codes }, ...inner.flatMap(factsOf)];
}

/**
 * Says what errors mean and what to do about it, and in brackets what was said; that alone where no rule fits.
 *
 * @param rules the first that fits any of the errors counts: what says more stands before what follows from it
 */
export function explain<P>(errors: readonly unknown[], rules: readonly Rule<P>[], place: P): string {
  const facts = errors.flatMap(factsOf);
  const said = [...new Set(facts.map(({ message }) => message))]
    .filter((message) => message !== '')
    .join(': ');
  const rule = rules.find(({ fits }) => facts.some((fact) => fits(fact, place)));
  return rule === undefined ? said : `${rule.says(place)} (${said})`;
}
