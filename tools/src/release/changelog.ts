import { Refused } from './refused.js';
import { compareVersions, readVersion, type Version } from './version.js';

/** What is not released yet, under `Unreleased` or under the number that it is meant to get. */
const UNRELEASED = /^## (?:Unreleased|\d+[.]\d+[.]\d+ \(not released\))\n/m;
const RELEASED = /^## (\d+[.]\d+[.]\d+) \(\d{4}-\d\d-\d\d\)$/gm;

/** The newest version that a changelog says was released. */
export function lastReleased(changelog: string): Version | undefined {
  return [...changelog.matchAll(RELEASED)]
    .map(([, text = '']) => readVersion(text))
    .filter((version) => version !== undefined)
    .sort(compareVersions)
    .at(-1);
}

/**
 * What is not released yet, as it stands below its heading.
 *
 * @throws Refused where there is no such section, or nothing in it
 */
export function unreleasedNotes(changelog: string): string {
  const { index, 0: heading } = UNRELEASED.exec(changelog) ?? {};
  if (index === undefined || heading === undefined) {
    throw new Refused('CHANGELOG.md has no section "Unreleased" or "<version> (not released)"');
  }
  const [notes = ''] = changelog.slice(index + heading.length).split(/^## /m);
  if (notes.trim() === '') throw new Refused('CHANGELOG.md says of nothing that is not released yet');
  return notes.trim();
}

/** The changelog with what was not released under its version, and room for what comes next. */
export function releasedChangelog(changelog: string, version: string, date: string): string {
  return changelog.replace(UNRELEASED, `## Unreleased\n\n## ${version} (${date})\n`);
}
