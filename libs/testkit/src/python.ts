import { join } from 'node:path';
import { madeOnce, projectRoot, run } from '@jangteo/infra';

const INSTALL_DEADLINE_MS = 120_000;

/** A Python 3 of this machine, or why there is none. */
export type ProvidedPython =
  { readonly program: string; readonly env: NodeJS.ProcessEnv } | { readonly problem: string };

/** Finds Python, and puts a package of PyPI beside the project for it, where one is named. */
export async function providePython(packageAndVersion?: string): Promise<ProvidedPython> {
  try {
    const version = (
      await run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
    ).trim();
    if (packageAndVersion === undefined) return { program: 'python3', env: process.env };
    const name = `python${version}-${packageAndVersion}`;
    const folder = join(projectRoot(), 'node_modules', '.cache', 'python', name);
    await madeOnce(folder, async (fresh) => {
      const pip = [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--only-binary',
        ':all:',
      ];
      await run('python3', [...pip, '--target', fresh, packageAndVersion], {
        timeoutMs: INSTALL_DEADLINE_MS,
      });
    });
    return { program: 'python3', env: { ...process.env, PYTHONPATH: folder } };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
