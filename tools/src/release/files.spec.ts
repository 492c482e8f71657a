import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { VERSION } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import { clientPackage } from './client-package.js';
import { DOCKERFILES, imageProblems, packProblems, withValue, withVersion } from './files.js';

const read = (path: string): string => readFileSync(join(projectRoot(), path), 'utf8');

describe('a package.json', () => {
  it('gets another version, and so do our own packages in it', () => {
    const text = JSON.stringify({
      name: '@jangteo/tools',
      version: '0.1.0',
      dependencies: { '@jangteo/client': '0.1.0', zod: '0.1.0' },
      devDependencies: { '@jangteo/testkit': '0.1.0' },
    });
    expect(JSON.parse(withVersion(text, '0.2.0'))).toEqual({
      name: '@jangteo/tools',
      version: '0.2.0',
      dependencies: { '@jangteo/client': '0.2.0', zod: '0.1.0' },
      devDependencies: { '@jangteo/testkit': '0.2.0' },
    });
    expect(JSON.parse(withVersion('{"name":"jangteo-site"}', '0.2.0'))).toEqual({ name: 'jangteo-site' });
  });

  it.each(
    globSync('{.,libs/*,services/*,clients/*,console,tools,verify,site}/package.json', {
      cwd: projectRoot(),
    }),
  )('%s stands as a release writes it, under the version of all', (path) => {
    expect(withVersion(read(path), VERSION)).toBe(read(path));
  });
});

describe('a value in a file', () => {
  it('is replaced where it stands, once', () => {
    expect(withValue("const A = '1';\nconst B = '2';", "const A = '", '3', "'")).toBe(
      "const A = '3';\nconst B = '2';",
    );
    for (const text of ['', "const A = '1", "const A = '1'; const A = '1';"]) {
      expect(() => withValue(text, "const A = '", '3', "'")).toThrow('Not one place');
    }
  });
});

describe('images', () => {
  it.each(DOCKERFILES)('of %s say what they are', (path) => {
    expect(imageProblems(read(path), VERSION)).toEqual([]);
  });

  it('are told from those that do not', () => {
    expect(
      imageProblems(read('Dockerfile').replace(/org.opencontainers.image.source="[^"]*"/, ''), VERSION),
    ).toEqual(['has no label org.opencontainers.image.source']);
    expect(imageProblems(read('Dockerfile'), '99.0.0')).toEqual(['has not ARG VERSION=99.0.0']);
  });
});

describe('the tarball of the client', () => {
  it('is as it should be', async () => {
    expect((await clientPackage()).problems).toEqual([]);
  });

  const packed = [
    'LICENSE',
    'README.md',
    'bin/jangteo.mjs',
    'package.json',
    'dist/src/a.js',
    'dist/src/a.d.ts',
  ];

  it('has what was compiled of its sources, and nothing else', () => {
    expect(packProblems(packed, ['src/a.ts'])).toEqual([]);
    expect(packProblems([...packed, 'dist/src/gone.js'], ['src/a.ts'])).toEqual(['has dist/src/gone.js']);
    expect(packProblems(packed, ['src/a.ts', 'cli/b.ts'])).toEqual([
      'lacks dist/cli/b.js',
      'lacks dist/cli/b.d.ts',
    ]);
  });
});
