import { globSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, run } from '@jangteo/infra';
import { packProblems } from './files.js';

/** The package of the client as `npm publish` would send it. */
export interface ClientPackage {
  readonly files: readonly string[];
  readonly bytes: number;
  /** What is in it for nothing, or missing. */
  readonly problems: readonly string[];
}

export async function clientPackage(): Promise<ClientPackage> {
  const cwd = join(projectRoot(), 'clients', 'typescript');
  const output = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd });
  const [{ files, size }] = JSON.parse(output) as [{ files: { path: string }[]; size: number }];
  const packed = files.map(({ path }) => path);
  const sources = globSync('{src,cli}/**/*.ts', { cwd }).filter((path) => !path.endsWith('.spec.ts'));
  return { files: packed, bytes: size, problems: packProblems(packed, sources) };
}
