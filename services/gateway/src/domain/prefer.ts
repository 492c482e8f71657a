/** The wait of a request that names none. */
export const WAIT_SECONDS_DEFAULT = 5;
export const WAIT_SECONDS_MAX = 30;

export interface WaitPreference {
  /** 0: answer as soon as the order is stored. */
  readonly waitSeconds: number;
  /** Value of the Preference-Applied header, where a preference was stated. */
  readonly applied?: string;
}

/** RFC 7240: `token [= word] *( ; parameters )`. */
const PREFERENCE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;]*)))?\s*(?:;.*)?$/;

/** The preferences by name; the first of a name counts. What cannot be read is left out, as the RFC wants. */
function preferencesOf(header: string): Map<string, string> {
  const preferences = new Map<string, string>();
  for (const part of header.split(',')) {
    // A pattern with several places for white space takes time by the square of a long run of it.
    const match = PREFERENCE.exec(part.trim().replaceAll(/\s+/g, ' '));
    const name = match?.[1]?.toLowerCase();
    if (name !== undefined && !preferences.has(name)) preferences.set(name, match?.[2] ?? match?.[3] ?? '');
  }
  return preferences;
}

/**
 * Reads how long a client wants to wait (RFC 7240). `wait` and `respond-async` together mean: wait that
 * long, then go on without me, which is also what `wait` alone does here.
 */
export function waitPreferenceOf(header: string | undefined): WaitPreference {
  const preferences = preferencesOf(header ?? '');
  const wait = preferences.get('wait');
  if (wait !== undefined && /^\d{1,9}$/.test(wait)) {
    const waitSeconds = Math.min(Number(wait), WAIT_SECONDS_MAX);
    return { waitSeconds, applied: `wait=${waitSeconds}` };
  }
  if (preferences.has('respond-async')) return { waitSeconds: 0, applied: 'respond-async' };
  return { waitSeconds: WAIT_SECONDS_DEFAULT };
}
