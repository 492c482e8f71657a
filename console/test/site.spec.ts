import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

const SITE = join(import.meta.dirname, '..', 'dist', 'site');

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly isDynamicEntry?: boolean;
  readonly css?: readonly string[];
}

const manifest = JSON.parse(readFileSync(join(SITE, '.vite', 'manifest.json'), 'utf8')) as Record<
  string,
  Chunk
>;

/** Kilobytes of files as they are delivered at the least: packed by gzip. */
function kilobytesOf(files: Iterable<string>): number {
  const sizes = [...new Set(files)].map(
    (file) => gzipSync(readFileSync(join(SITE, file)), { level: 9 }).length,
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1_024;
}

/** A chunk with all that has to be there before it runs. */
function loadedWith(name: string): string[] {
  const { file, imports = [] } = manifest[name]!;
  return [file, ...imports.flatMap(loadedWith)];
}

const chunks = Object.values(manifest);
const isScript = (file: string): boolean => file.endsWith('.js');

describe('the built site', () => {
  it('is no larger than 150 KB of scripts and 20 KB of styles', () => {
    expect(kilobytesOf(chunks.map(({ file }) => file).filter(isScript))).toBeLessThan(150);
    expect(kilobytesOf(chunks.flatMap(({ css = [] }) => css))).toBeLessThan(20);
  });

  it('needs no more than 90 KB of scripts for any page that somebody comes to first', () => {
    const [entry] = Object.entries(manifest).find(([, { isEntry }]) => isEntry)!;
    const pages = Object.keys(manifest).filter((name) => manifest[name]!.isDynamicEntry);
    expect(pages.length).toBeGreaterThan(0);
    for (const page of pages) {
      expect(kilobytesOf([...loadedWith(entry), ...loadedWith(page)].filter(isScript))).toBeLessThan(90);
    }
  });

  it('has nothing that its policy forbids, and nothing of other origins', () => {
    const html = readFileSync(join(SITE, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)| on[a-z]+=| style=/);
    expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\/console\/assets\//)]),
    );
    expect(html).not.toMatch(/https?:/);
  });
});
