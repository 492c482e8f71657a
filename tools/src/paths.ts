import { join, resolve } from 'node:path';

/** The project's folder, seen from where this file is compiled to. */
export const projectRoot = resolve(import.meta.dirname, '..', '..', '..');

/** What the programs around the product keep between runs: data, logs, secrets. */
export const localDir = join(projectRoot, '.local');
