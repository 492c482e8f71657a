/**
 * The Link header (RFC 8288) to the next page of a list.
 *
 * @param url the path and query of this page as asked for; all of its query but the cursor is kept
 * @param cursor where the next page begins
 */
export function nextLink(url: string, cursor: string): string {
  const queryStart = url.indexOf('?');
  const path = queryStart < 0 ? url : url.slice(0, queryStart);
  const parameters = new URLSearchParams(queryStart < 0 ? '' : url.slice(queryStart));
  parameters.set('cursor', cursor);
  return `<${path}?${parameters.toString()}>; rel="next"`;
}
