/** Headers that pages of other origins may send beside what browsers let everybody send. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'Last-Event-ID',
  'Prefer',
  'X-Request-Id',
  'traceparent',
];

/** Headers of an answer that they may read beside what browsers show of every one. */
const ANSWER_HEADERS = [
  'Allow',
  'Deprecation',
  'ETag',
  'Idempotent-Replayed',
  'Link',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Services-Unanswered',
  'Sunset',
  'WWW-Authenticate',
  'X-Request-Id',
];

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Time for which a browser may keep the answer to a preflight; none keeps it for longer. */
const KEPT_SECONDS = 7_200;

type Headers = Readonly<Record<string, string>>;

const isOrigin = (text: string): boolean =>
  /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** @returns what is wrong with the first that is no origin as browsers send it */
export function faultOfOrigins(origins: readonly string[]): string | undefined {
  const wrong = origins.find((origin) => !isOrigin(origin));
  return wrong === undefined
    ? undefined
    : `${JSON.stringify(wrong)} is no origin such as https://shop.example`;
}

/** Decides which pages of other origins may call the API, without their visitors' cookies, of which there are none. */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** True if answers depend on the origin of the page that asks. */
  get isOn(): boolean {
    return this.#origins.size > 0;
  }

  allows(origin: string | undefined): origin is string {
    return origin !== undefined && this.#origins.has(origin);
  }

  /** For every answer to an origin that is allowed. */
  answer(origin: string): Headers {
    return {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': ANSWER_HEADERS.join(', '),
    };
  }

  /** For the answer to a browser that asks what it may send. */
  preflight(origin: string): Headers {
    return {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': METHODS.join(', '),
      'access-control-allow-headers': REQUEST_HEADERS.join(', '),
      'access-control-max-age': String(KEPT_SECONDS),
    };
  }
}
