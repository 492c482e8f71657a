function qualityOf(name: string, accept: string): number | undefined {
  for (const range of accept.split(',')) {
    const [wanted = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (wanted !== name) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return quality === undefined ? 1 : Number(quality.slice(2)) || 0;
  }
  return undefined;
}

/** Recognises a client that wants to look at a page, as browsers do, rather than read data (RFC 9110, 12.5.1). */
export function wantsPage(accept: string | undefined): boolean {
  const page = qualityOf('text/html', accept ?? '') ?? 0;
  return page > 0 && page >= (qualityOf('application/json', accept ?? '') ?? 0);
}

/**
 * Chooses in which encoding an answer is sent (RFC 9110, 12.5.3).
 *
 * @param available the best one first
 * @returns `undefined` for none: as it is
 */
export function encodingFor<E extends string>(
  accept: string | undefined,
  available: readonly E[],
): E | undefined {
  return available.find((encoding) => (qualityOf(encoding, accept ?? '') ?? 0) > 0);
}
