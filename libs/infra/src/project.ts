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

/** Megabytes of a service's young generation, which is cleaned the less often the larger it is. */
const YOUNG_GENERATION_MB = { gateway: 8, other: 32 };

/**
 * Node's flags for a service. The old generation is cleaned when it has grown by half, and not when it has become
 * several times what is alive in it: that halves the memory under full load, at the same speed. The young one is
 * cleaned by one thread, since several would only wait for each other on busy cores. It is small in the gateway, which
 * holds most memory besides.
 */
export function serviceFlags(service: string): string[] {
  const youngMb = service === 'gateway' ? YOUNG_GENERATION_MB.gateway : YOUNG_GENERATION_MB.other;
  return [`--max-semi-space-size=${youngMb}`, '--no-parallel-scavenge', '--heap-growing-percent=50'];
}

/**
 * Variables for the environment of a service's process. In the gateway, which answers with the largest texts, each
 * thread would keep memory of its own that it has given up: with two pools of glibc's it holds an eighth less.
 * Elsewhere there is nothing to gain by it, and lists would come slower.
 */
export function serviceEnvironment(service: string): Readonly<Record<string, string>> {
  return service === 'gateway' ? { MALLOC_ARENA_MAX: '2' } : {};
}
