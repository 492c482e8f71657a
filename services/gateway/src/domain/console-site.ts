/** Folder of the files whose names change with what is in them. */
const HASHED = 'assets/';

export const INDEX = 'index.html';

/** Where its pages are, all of them below it. */
export const HOME = '/console/';

/** A page that logs in: browsers tell nobody what stands behind the `#`, so no log has it. */
export function consolePathOf(loginToken: string): string {
  return `${HOME}#login=${loginToken}`;
}

/** A browser need not ask again for a year: what is another file has another name. */
const FOR_GOOD = 'public, max-age=31536000, immutable';
/** Kept, and asked about each time. */
const ASK_EACH_TIME = 'no-cache';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
};

/** Nothing that the pages show or do comes from elsewhere, or stands in the pages themselves. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * Decides which file a path of the console means. Its pages have paths of their own and are all one file, which shows
 * what the path says.
 *
 * @param path below `/console/`, as it was written
 * @returns `undefined` for an asset that is not there: a page in its place would be taken for a script
 */
export function fileAt(path: string, files: { has(name: string): boolean }): string | undefined {
  if (files.has(path)) return path;
  return path.startsWith(HASHED) ? undefined : INDEX;
}

/** The page as it is built, with the currency that its shop sells in. @param currency as ISO 4217 in lower case */
export function pageIn(page: string, currency: string): string {
  return page.replace(/(<meta name="currency" content=")[^"]*/, `$1${currency}`);
}

/** Headers of a file, but for those of how it is encoded. */
export function headersOf(file: string): Readonly<Record<string, string>> {
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return {
    'content-type': type,
    'cache-control': file.startsWith(HASHED) ? FOR_GOOD : ASK_EACH_TIME,
    ...(type.startsWith('text/html') && PAGE_HEADERS),
  };
}

/** Tells whether the client has this version already (RFC 9110, 13.1.2). @param known the header If-None-Match */
export function hasVersion(known: string | undefined, tag: string): boolean {
  return (known ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}
