import { chown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { run } from './processes.js';

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

const accountName = 'postgres';

/**
 * PostgreSQL refuses to run as root, so root gets a system account for it (an existing `postgres` is
 * used). That account must reach the programs and the data although a clone may lie below a closed
 * folder such as /root: where it cannot, it is lent the one capability to pass through folders.
 */
export async function postgresAccount(dataDir: string, binary: string): Promise<Account> {
  if (process.getuid?.() !== 0) {
    return { own: async () => {}, command: (program, args) => ({ program, args, identity: {} }) };
  }
  const ids = (await idsOf(accountName)) ?? (await createAccount());
  const own = (path: string) => chown(path, ids.uid, ids.gid);
  await own(dataDir);
  const reachable = (await isOpenPath(dirname(dataDir))) && (await isOpenPath(dirname(binary)));
  if (reachable) return { own, command: (program, args) => ({ program, args, identity: ids }) };

  await run('setpriv', ['--version']).catch((cause: unknown) => {
    throw new Error(
      `The account "${accountName}" cannot enter the folders above ${dataDir}, and setpriv is not installed. ` +
        'Move the project to a folder that everybody may enter, such as /srv, or set POSTGRES_URL.',
      { cause },
    );
  });
  const become = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--clear-groups'];
  // Without the bit, access(2) ignores the capability, and PostgreSQL asks it whether its programs are there.
  const borrow = [
    '--securebits=+no_setuid_fixup',
    '--inh-caps=-all,+dac_read_search',
    '--ambient-caps=-all,+dac_read_search',
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

async function idsOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}

async function createAccount(): Promise<{ uid: number; gid: number }> {
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

/** Checks that everybody may enter this folder and all folders above it. */
async function isOpenPath(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || isOpenPath(parent);
}
