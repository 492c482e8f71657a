import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

interface Entry {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

describe.each(['package-lock.json', 'load/package-lock.json'])('%s', (path) => {
  const { packages } = JSON.parse(readFileSync(join(projectRoot(), path), 'utf8')) as {
    packages: Record<string, Entry>;
  };
  const fetched = Object.entries(packages).filter(
    ([path, { link }]) => path.includes('node_modules/') && !link,
  );

  it('says of every package that is fetched what its bytes must be, whatever machine it is for', () => {
    expect(fetched.length).toBeGreaterThan(400);
    const without = fetched.filter(
      ([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
    );
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('fetches nothing from anywhere but the registry that is configured', () => {
    const elsewhere = fetched.filter(([, { resolved }]) => resolved !== undefined);
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });
});
