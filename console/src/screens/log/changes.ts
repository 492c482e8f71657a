export interface Change {
  /** The way to the value, such as `options.0.name`. */
  readonly path: string;
  /** JSON; undefined where there was nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Values of anything read from JSON, by their ways. An empty object or list is a value of its own. */
function valuesOf(value: unknown, path: string, found: Map<string, string>): Map<string, string> {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (inner.length === 0 && (path !== '' || inner.length > 0)) found.set(path, JSON.stringify(value));
  for (const [name, one] of inner) valuesOf(one, path === '' ? name : `${path}.${name}`, found);
  return found;
}

/** The values that differ between two states of a thing, in the order in which they stand in it. */
export function changesOf(before: object | undefined, after: object | undefined): Change[] {
  const [old, now] = [before, after].map((state) =>
    state === undefined ? new Map() : valuesOf(state, '', new Map()),
  );
  const paths = new Set([...old!.keys(), ...now!.keys()] as string[]);
  return [...paths]
    .map((path) => ({
      path,
      before: old!.get(path) as string | undefined,
      after: now!.get(path) as string | undefined,
    }))
    .filter((change) => change.before !== change.after);
}
