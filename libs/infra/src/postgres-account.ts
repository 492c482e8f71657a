import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { run } from './processes.js';
import { projectRoot } from './project.js';

/** The account that runs PostgreSQL, and the command prefix by which that account reaches its files. */
export interface Account {
  /** Gives the account a file or folder that root made for it. */
  readonly own: (path: string) => Promise<void>;
  /** Turns a command into one that runs under the account. */
  readonly command: (program: string, args: readonly string[]) => Command;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

const accountName = 'postgres';

/**
 * PostgreSQL refuses to run as root. For root it is run by the owner of the data that is there, so that they can start it
 * by themselves as before; for new data by the owner of the folder of ours that it is in; and where those are root, by a
 * system account (an existing `postgres` is used). That account must reach the programs and the data although a clone may
 * lie below a closed folder such as /root: the folders of ours let its group pass, and where others do not it is lent the
 * one capability to pass through folders.
 */
export async function postgresAccount(dataDir: string, pgData: string, binary: string): Promise<Account> {
  if (process.getuid?.() !== 0) {
    return { own: async () => {}, command: (program, args) => ({ program, args, identity: {} }) };
  }
  const ids =
    (await ownerOf(pgData)) ??
    (await namedOwnerOf(dirname(dataDir))) ??
    (await idsOf(accountName)) ??
    (await createAccount());
  const own = (path: string) => chown(path, ids.uid, ids.gid);
  await own(dataDir);
  await letPass(dirname(dataDir), ids);
  const reachable = (await isOpenPath(dirname(dataDir), ids)) && (await isOpenPath(dirname(binary), ids));
  if (reachable) return { own, command: (program, args) => ({ program, args, identity: ids }) };

  await run('setpriv', ['--version']).catch((cause: unknown) => {
    throw new Error(
      `The account of PostgreSQL cannot enter the folders above ${dataDir}, and setpriv is not installed. ` +
        'Move the project to a folder that everybody may enter, such as /srv, or set POSTGRES_URL.',
      { cause },
    );
  });
  const become = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--clear-groups'];
  const capability = passingCapability(await readFile('/proc/self/status', 'utf8'));
  // Without the bit, access(2) ignores the capability, and PostgreSQL asks it whether its programs are there.
  const borrow = [
    '--securebits=+no_setuid_fixup',
    `--inh-caps=-all,+${capability}`,
    `--ambient-caps=-all,+${capability}`,
  ];
  return {
    own,
    command: (program, args) => ({
      program: 'setpriv',
      args: [...become, ...borrow, program, ...args],
      identity: {},
    }),
  };
}

/** Of linux/capability.h. */
const DAC_READ_SEARCH = 2n;

/**
 * The least capability by which closed folders are passed that root has to lend: in a container it has not all of them.
 * @param status what /proc/self/status says
 */
export function passingCapability(status: string): 'dac_read_search' | 'dac_override' {
  const bounds = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (bounds === undefined) return 'dac_read_search';
  return (BigInt(`0x${bounds}`) >> DAC_READ_SEARCH) & 1n ? 'dac_read_search' : 'dac_override';
}

/** Who owns it; undefined for root, and where there is nothing. */
async function ownerOf(path: string): Promise<Ids | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
}

/** The same, unless that owner has no name here, as in a container: new data is made by nobody without. */
async function namedOwnerOf(path: string): Promise<Ids | undefined> {
  const ids = await ownerOf(path);
  const hasName = ids !== undefined && (await run('id', ['-nu', String(ids.uid)]).then(Boolean, () => false));
  return hasName ? ids : undefined;
}

/**
 * Lets the account pass through folders of ours in which its data is: the one that was made for data, and those above it
 * in the project. Nobody else is let in, and nothing can be listed.
 */
async function letPass(folder: string, ids: Ids): Promise<void> {
  const its = await stat(folder);
  if (!mayEnter(its, ids)) {
    // A group that may do something here may go on doing it.
    const isGroupless = (its.mode & 0o070) === 0;
    if (isGroupless) await chown(folder, its.uid, ids.gid);
    await chmod(folder, (its.mode & 0o7777) | (isGroupless ? 0o010 : 0o001));
  }
  const parent = dirname(folder);
  if (parent.startsWith(`${projectRoot()}${sep}`)) await letPass(parent, ids);
}

/** Whether a folder with this mode and owner lets somebody pass; of their groups the one that is told counts alone. */
export function mayEnter(
  folder: { readonly mode: number; readonly uid: number; readonly gid: number },
  { uid, gid }: Ids,
): boolean {
  if (folder.uid === uid) return (folder.mode & 0o100) !== 0;
  return (folder.mode & (folder.gid === gid ? 0o010 : 0o001)) !== 0;
}

async function idsOf(name: string): Promise<Ids | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}

async function createAccount(): Promise<Ids> {
  const creation = run('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell=/usr/sbin/nologin',
    accountName,
  ]);
  // A start at the same moment may have been faster: what counts is that the account exists now.
  const failure = await creation.then(
    () => undefined,
    (error: unknown) => error,
  );
  const ids = await idsOf(accountName);
  if (ids) return ids;
  throw new Error(
    'PostgreSQL does not run as root and no account could be made for it. Start as an ordinary user, or set POSTGRES_URL.',
    { cause: failure },
  );
}

/** Checks that somebody may enter this folder and all folders above it. */
async function isOpenPath(folder: string, ids: Ids): Promise<boolean> {
  if (!mayEnter(await stat(folder), ids)) return false;
  const parent = dirname(folder);
  return parent === folder || isOpenPath(parent, ids);
}
