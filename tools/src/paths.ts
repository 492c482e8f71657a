import { mkdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { giveToFolderOwner, projectRoot, run } from '@jangteo/infra';

/** The folder for what the programs around the product keep between runs: data, logs, secrets. */
export const localDir = process.env.JANGTEO_LOCAL_DIR || join(projectRoot(), '.local');

const belowProject = relative(projectRoot(), localDir);

/** As somebody in the folder of the project would name it, where it is there. */
export const shownLocalDir = belowProject.startsWith('..') ? localDir : belowProject;

/** Makes that folder; root makes it for whoever has the folder that it is in. */
export async function makeLocalDir(): Promise<void> {
  const made = await mkdir(localDir, { recursive: true, mode: 0o700 });
  if (made !== undefined) await giveToFolderOwner(made);
}

/** Gives what root has made in that folder to whoever has it, who could not start the shop any more. */
export async function leaveLocalDir(): Promise<void> {
  const { uid, gid } = await stat(localDir);
  // Of a link that somebody has put there, not what it leads to.
  if (process.getuid?.() === 0 && uid !== 0) await run('chown', ['-hR', `${uid}:${gid}`, localDir]);
}
