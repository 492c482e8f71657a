import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { projectRoot } from '@jangteo/infra';

/** Folders that a copy gets by link, makes for itself, or does not need. */
const LEFT_OUT = new Set(['node_modules', '.git', '.local', 'results']);

/**
 * Links the packages of the project into a copy of it. Those of the workspace link to their sources, so in the
 * copy they have to link to the copy's: they keep their relative links.
 */
async function linkPackages(root: string, copy: string): Promise<void> {
  const [from, to] = [join(root, 'node_modules'), join(copy, 'node_modules')];
  await mkdir(join(to, '@jangteo'), { recursive: true });
  for (const name of await readdir(join(from, '@jangteo'))) {
    await symlink(await readlink(join(from, '@jangteo', name)), join(to, '@jangteo', name));
  }
  const others = (await readdir(from)).filter((name) => name !== '@jangteo' && name !== '.cache');
  for (const name of others) await symlink(join(from, name), join(to, name));
}

/** The folders below the project's in which a package of the workspace is. */
async function packagesOf(root: string): Promise<string[]> {
  const below = async (folder: string): Promise<string[]> =>
    (await readdir(join(root, folder))).map((name) => join(folder, name));
  return ['tools', ...(await below('libs')), ...(await below('services'))];
}

/**
 * Copies the project as it stands, what is compiled included, into a temporary folder.
 *
 * @returns the folder
 */
export async function copyProject(): Promise<string> {
  const root = projectRoot();
  const copy = await mkdtemp(join(tmpdir(), 'jangteo-mutations-'));
  // PostgreSQL that is started as root runs as another user, who has to get to its data.
  await chmod(copy, 0o755);
  await cp(root, copy, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => path === root || !LEFT_OUT.has(basename(path)),
  });
  await linkPackages(root, copy);
  for (const folder of await packagesOf(root)) {
    const own = join(root, folder, 'node_modules');
    if (existsSync(own)) await symlink(own, join(copy, folder, 'node_modules'));
  }
  return copy;
}

/** Removes a copy. @throws Error for what is none */
export async function removeCopy(copy: string): Promise<void> {
  if (relative(tmpdir(), copy).startsWith('..')) throw new Error(`${copy} is no copy`);
  await rm(copy, { recursive: true, force: true });
}
