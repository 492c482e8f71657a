import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import {
  PICTURE_BYTES_MAX,
  PICTURE_LANGUAGES,
  PICTURE_WIDTH,
  picturePath,
  PICTURES,
  PICTURES_BYTES_MAX,
  PICTURES_DIR,
} from './pictures.js';

const README_BYTES_MAX = 6 * 1_024;

const bytesOf = (path: string): Buffer => readFileSync(join(projectRoot(), path));
const ALL = PICTURE_LANGUAGES.flatMap((language) =>
  PICTURES.map(({ name, height }) => [picturePath(name, language), height] as const),
);

/** Width and height of a lossy WebP: of its frame's header (RFC 6386, 9.1). */
function sizeOf(webp: Buffer): { width: number; height: number } {
  const frame = webp.indexOf('VP8 ', 12, 'latin1') + 8;
  const edge = (at: number): number => webp.readUInt16LE(frame + at) % 2 ** 14;
  return { width: edge(6), height: edge(8) };
}

interface Shown {
  readonly path: string;
  readonly alt: string;
}

/** Pictures that a page shows, with what it says of each. */
function shownIn(page: string): Shown[] {
  const images = bytesOf(page)
    .toString()
    .matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g);
  return [...images].map(([, alt = '', target = '']) => ({
    path: normalize(join(dirname(page), target)),
    alt,
  }));
}

const pathsIn = (page: string): string[] => shownIn(page).map(({ path }) => path);

describe('the pictures of the console', () => {
  it.each(ALL)('%s is there, as large as it should be, and not too heavy', (path, height) => {
    const webp = bytesOf(path);
    expect(sizeOf(webp)).toEqual({ width: PICTURE_WIDTH, height });
    expect(webp.length).toBeLessThanOrEqual(PICTURE_BYTES_MAX);
    // One of nothing but a background weighs next to nothing.
    expect(webp.length).toBeGreaterThan(15_000);
  });

  it('are all that there are, and not too heavy together', () => {
    const there = globSync(`${PICTURES_DIR}/**/*.*`, { cwd: projectRoot() });
    expect(there.toSorted()).toEqual(ALL.map(([path]) => path).toSorted());
    const bytes = there.reduce((sum, path) => sum + bytesOf(path).length, 0);
    expect(bytes).toBeLessThanOrEqual(PICTURES_BYTES_MAX);
  });

  it.each([
    ['en', 'docs/console.md', 'README.md'],
    ['ko', 'docs/ko/console.md', 'README.ko.md'],
  ] as const)('in %s are all in %s, some in %s, and each says what is seen', (language, page, readme) => {
    const own = PICTURES.map(({ name }) => picturePath(name, language));
    expect(pathsIn(page)).toEqual(own);
    expect(pathsIn(readme).filter((path) => own.includes(path)).length).toBeGreaterThan(0);
    const pages = globSync('**/*.md', {
      cwd: projectRoot(),
      exclude: (path) => /(^|\/)(node_modules|dist|\.local)$/.test(path),
    });
    const elsewhere = pages.flatMap(shownIn).filter(({ path }) => own.includes(path));
    for (const { alt } of elsewhere) expect(alt.length).toBeGreaterThan(25);
  });
});

describe('README.md', () => {
  it('stays short, pictures or not', () => {
    expect(bytesOf('README.md').length).toBeLessThanOrEqual(README_BYTES_MAX);
  });
});
