import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

interface Entry {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

/** Lock files, and how many packages each names at least. */
const LOCK_FILES: readonly (readonly [string, number])[] = [
  ['package-lock.json', 500],
  ['site/package-lock.json', 100],
  ['load/package-lock.json', 400],
];

describe.each(LOCK_FILES)('%s', (path, least) => {
  const { packages } = JSON.parse(readFileSync(join(projectRoot(), path), 'utf8')) as {
    packages: Record<string, Entry>;
  };
  const fetched = Object.entries(packages).filter(
    ([name, { link }]) => name.includes('node_modules/') && !link,
  );

  it('says of every package that is fetched what its bytes must be, whatever machine it is for', () => {
    expect(fetched.length).toBeGreaterThan(least);
    const without = fetched.filter(
      ([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
    );
    expect(without.map(([name]) => name)).toEqual([]);
  });

  it('fetches nothing from anywhere but the registry that is configured', () => {
    const elsewhere = fetched.filter(([, { resolved }]) => resolved !== undefined);
    expect(elsewhere.map(([name]) => name)).toEqual([]);
  });
});
