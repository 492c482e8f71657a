import { lchown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Gives what root has made to whoever has the folder that it is in: else they could not use it by themselves. */
export async function giveToFolderOwner(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  // Where somebody has put a link in its place, not what that leads to.
  await lchown(path, uid, gid);
}
