/** What a browser says of the page that a request comes from, and the address that it is sent to. */
export interface Provenance {
  /** The header Sec-Fetch-Site. */
  readonly site: string | undefined;
  /** The header Origin. */
  readonly origin: string | undefined;
  /** The host with its port, as the client named it. */
  readonly host: string;
}

/**
 * Recognises a request that no other site's page can have sent. What says nothing is no browser, and sends no cookie
 * but its own. The scheme is not compared: a proxy with TLS hides it.
 */
export function isOwnPage({ site, origin, host }: Provenance): boolean {
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || isOriginOf(origin, host);
}

function isOriginOf(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: asking } = new URL(origin);
  const asked = `${protocol}//${host}`;
  // By way of a URL, so that the usual port of the scheme is the same as none.
  return asking !== '' && URL.canParse(asked) && new URL(asked).host === asking;
}
