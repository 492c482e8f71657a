/**
 * Finds text that no database column takes: with a NUL character, or with half a surrogate pair.
 *
 * @param value what a schema has let through, so that it is plain and not deep
 * @returns the path to the first such text, e.g. `items.0.name`, or `undefined`
 */
export function unstorableText(value: unknown, path: readonly (string | number)[] = []): string | undefined {
  if (typeof value === 'string') {
    return value.includes('\0') || !value.isWellFormed() ? path.join('.') : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, field] of Object.entries(value)) {
    const found = unstorableText(field, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}
