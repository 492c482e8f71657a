/** A path as routes have it, `/orders/:orderId` or `/pages/*`, with the methods that it has. */
interface KnownPath {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
}

const isParameter = (segment: string): boolean => segment.startsWith(':');

const segmentsOf = (path: string): string[] => path.replace(/\/$/, '').split('/');

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function fits(segments: readonly string[], path: KnownPath): boolean {
  const hasRest = path.segments.at(-1) === '*';
  const named = hasRest ? path.segments.slice(0, -1) : path.segments;
  const isLongEnough = hasRest ? segments.length > named.length : segments.length === named.length;
  return (
    isLongEnough &&
    named.every((segment, index) => {
      const given = segments[index] ?? '';
      return isParameter(segment) ? given !== '' : segment === given;
    })
  );
}

/** Tells whether a path is more specific than another, where they first differ. */
function isNearer(path: KnownPath, than: KnownPath): boolean {
  const index = path.segments.findIndex(
    (segment, at) => isParameter(segment) !== isParameter(than.segments[at]!),
  );
  return index >= 0 && !isParameter(path.segments[index]!);
}

const mayBeBoth = (one: KnownPath, other: KnownPath): boolean =>
  one.segments.length === other.segments.length &&
  one.segments.every((segment, index) => {
    const its = other.segments[index]!;
    return segment === its || isParameter(segment) || isParameter(its);
  });

/** The paths of all routes, and what can be asked of each. */
export class KnownPaths {
  readonly #paths = new Map<string, KnownPath>();
  readonly #nearer = new Map<string, readonly KnownPath[]>();

  add(method: string, pattern: string): void {
    const segments = segmentsOf(pattern).map((segment) => (isParameter(segment) ? ':' : segment));
    const key = segments.join('/');
    const path = this.#paths.get(key) ?? { segments, methods: new Set<string>() };
    path.methods.add(method);
    this.#paths.set(key, path);
    this.#nearer.clear();
  }

  /** Adds a route as Fastify tells of it. */
  addRoute({ method, url }: { readonly method: string | readonly string[]; readonly url: string }): void {
    for (const one of [method].flat()) this.add(one, url);
  }

  /** Lists the methods that any path has, sorted. */
  get methods(): string[] {
    const all = [...this.#paths.values()].flatMap(({ methods }) => [...methods]);
    return [...new Set([...all, 'OPTIONS'])].toSorted();
  }

  /** Lists the methods of this path, sorted; none where it is not known. @param path without a query */
  methodsOf(path: string): string[] {
    const segments = segmentsOf(path).map(decoded);
    const found = [...this.#paths.values()].filter((known) => fits(segments, known));
    const nearest = found.reduce<KnownPath | undefined>(
      (best, known) => (best === undefined || isNearer(known, best) ? known : best),
      undefined,
    );
    return nearest === undefined ? [] : [...nearest.methods, 'OPTIONS'].toSorted();
  }

  /**
   * Recognises a path that was taken for one with a parameter, but is another one, by name, which lacks the method:
   * `GET /letters/send` is no letter called send where letters can be sent by `POST /letters/send`.
   */
  isOther(method: string, pattern: string, path: string): boolean {
    if (!pattern.includes(':')) return false;
    const others = this.#nearerThan(method, pattern);
    if (others.length === 0) return false;
    const segments = segmentsOf(path).map(decoded);
    return others.some((other) => fits(segments, other));
  }

  #nearerThan(method: string, pattern: string): readonly KnownPath[] {
    const key = `${method} ${pattern}`;
    const known = this.#nearer.get(key);
    if (known !== undefined) return known;
    const segments = segmentsOf(pattern).map((segment) => (isParameter(segment) ? ':' : segment));
    const path = { segments, methods: new Set<string>() };
    const nearer = [...this.#paths.values()].filter(
      (other) => !other.methods.has(method) && mayBeBoth(other, path) && isNearer(other, path),
    );
    this.#nearer.set(key, nearer);
    return nearer;
  }
}
