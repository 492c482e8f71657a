/** A released version by SemVer 2.0.0; versions before a release (1.0.0-rc.1) are not used here. */
export type Version = readonly [major: number, minor: number, patch: number];

const VERSION = /^(0|[1-9]\d{0,5})[.](0|[1-9]\d{0,5})[.](0|[1-9]\d{0,5})$/;

/** @returns undefined for what is none */
export function readVersion(text: string): Version | undefined {
  const [, ...numbers] = VERSION.exec(text) ?? [];
  return numbers.length === 3 ? (numbers.map(Number) as unknown as Version) : undefined;
}

/** Below 0 where the first is the earlier one. */
export function compareVersions(one: Version, other: Version): number {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at === -1 ? 0 : one[at]! - other[at]!;
}

/** Whether the second may take away what the first promised. Before 1.0.0 the second number counts as the first does later. */
export function mayBreak(from: Version, to: Version): boolean {
  return from[0] !== to[0] || (from[0] === 0 && from[1] !== to[1]);
}
