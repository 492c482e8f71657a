import { existsSync } from 'node:fs';
import { run } from './processes.js';

/** Checks that this account may install Debian packages without being asked for a password. */
export async function canInstallPackages(): Promise<boolean> {
  if (!existsSync('/usr/bin/apt-get')) return false;
  if (process.getuid?.() === 0) return true;
  return run('sudo', ['-n', 'true'], { timeoutMs: 5_000 }).then(
    () => true,
    () => false,
  );
}

/** A package of which only the programs are wanted. */
export interface DebianPackage {
  readonly name: string;
  /** The units that systemd would start of it, now and at the next boot. */
  readonly units: readonly string[];
}

/**
 * policy-rc.d and the disabled units keep the package from starting a server for the whole machine, now and
 * at the next boot. Package lists may be missing or old, hence the update.
 */
const script = ({ name, units }: DebianPackage) => `
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
install() { apt-get install -y -q --no-install-recommends ${name}; }
install || { apt-get update -q && install; }
if [ -d /run/systemd/system ]; then systemctl disable ${units.join(' ')} || true; fi
`;

/**
 * Installs a Debian package without starting what it brings.
 * @param interruption ends it in order
 * @throws with apt's output when that fails
 */
export async function installPackage(wanted: DebianPackage, interruption?: AbortSignal): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const [program, args] = isRoot ? ['sh', []] : ['sudo', ['-n', 'sh']];
  await run(program, [...args, '-c', script(wanted)], { interruption, withTerminal: !isRoot });
}
