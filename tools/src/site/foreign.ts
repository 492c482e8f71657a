/** What a browser fetches by itself; links that a reader follows are none. */
const FETCHED =
  /<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\b(?:src|srcset|data)="([^"]*)"|<link\b[^>]*?\bhref="([^"]*)"|url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)/g;

/** Addresses in a page or a style sheet that a browser would ask another origin for. */
export function foreignRequests(text: string): string[] {
  const fetched = [...text.matchAll(FETCHED)].map(
    (match) => match.slice(1).find((one) => one !== undefined) ?? '',
  );
  return fetched.filter((address) => /^(?:[a-z]+:)?\/\//i.test(address));
}
