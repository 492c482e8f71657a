import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's folder, whether this file runs compiled or as it is. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package-lock.json'))) {
    if (folder === dirname(folder)) throw new Error('This file lies outside of the project');
    folder = dirname(folder);
  }
  return folder;
}

/** The compiled program of a service: `main` serves, `migrate` brings its database up to date and ends. */
export function programOf(service: string, program: 'main' | 'migrate'): string {
  return join(projectRoot(), 'services', service, 'dist', 'src', `${program}.js`);
}

/**
 * How Node runs a service: the old generation is cleaned when it has grown by half, and not when it has become
 * several times what is alive in it. Under full load a service holds half the memory so, at the same speed.
 */
export const SERVICE_FLAGS: readonly string[] = ['--max-semi-space-size=16', '--heap-growing-percent=50'];
