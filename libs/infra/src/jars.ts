import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { canInstallPackages, installPackage } from './debian-package.js';
import { run } from './processes.js';

const FETCH_DEADLINE_MS = 300_000;
/** Brokers and Spark need it to run. */
const JAVA_LEAST = 17;
/** What is needed once, to fetch jars. */
const FETCHERS = { mvn: 'maven' };

/** Who wants something of this machine, and hears what is done about it. */
export interface Wanting {
  readonly name: string;
  readonly onProgress?: ((step: string) => void) | undefined;
}

function projectOf(artifact: string): string {
  const [group, name, version] = artifact.split(':');
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>jars</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>
  </dependency></dependencies>
</project>
`;
}

async function isHere(program: string): Promise<boolean> {
  if (program === 'python3') {
    // Debian's comes without what makes an environment of it.
    const asked = run(program, ['-c', 'import ensurepip']);
    return await asked.then(
      () => true,
      () => false,
    );
  }
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/**
 * @param programs by name, with Debian's package for each
 * @throws Error naming a program that is missing, and cannot be installed
 */
export async function providePrograms(
  programs: Readonly<Record<string, string>>,
  { name, onProgress }: Wanting,
): Promise<void> {
  for (const [program, package_] of Object.entries(programs)) {
    if (await isHere(program)) continue;
    if (await canInstallPackages()) {
      onProgress?.(`${name}: installing the package ${package_} of this machine`);
      await installPackage({ name: package_, units: [] }).catch(() => undefined);
    }
    if (!(await isHere(program))) throw new Error(`this machine has no ${program} (${package_})`);
  }
}

/** @throws Error saying which Java is here, where it is too old */
export async function checkJava(): Promise<void> {
  // With two dashes it is on its output, where `run` finds it.
  const said = await run('java', ['--version']).catch((error: unknown) => String(error));
  const version = Number(/^\S+ (\d+)/m.exec(said)?.[1] ?? 0);
  if (version < JAVA_LEAST) throw new Error(`Java ${JAVA_LEAST} or later is needed: ${said.split('\n')[0]}`);
}

/** By name. @param text lines of `sha256sum` */
export function checksumsIn(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, checksum, name] = /^([0-9a-f]{64}) {2}([\w.-]+)$/.exec(line) ?? [];
      if (checksum === undefined || name === undefined) throw new Error(`This is no checksum: ${line}`);
      return [name, checksum];
    }),
  );
}

/** That what was fetched is something else is nothing to pass over. */
export class OtherBytes extends Error {}

/**
 * Leaves in a folder what the checksums name, and nothing else.
 * @throws OtherBytes where one of them is missing or another
 */
export async function keepChecked(folder: string, checksums: ReadonlyMap<string, string>): Promise<void> {
  const found = new Set(await readdir(folder));
  for (const [name, checksum] of checksums) {
    if (!found.delete(name)) throw new OtherBytes(`${name} has a checksum, and was not fetched`);
    const its = createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex');
    if (its !== checksum) throw new OtherBytes(`${name} has the checksum ${its}, not ${checksum}`);
  }
  for (const name of found) await rm(join(folder, name));
}

/**
 * Fetches an artifact (`group:name:version`) and what it needs into the folder `jars` of this one, with Maven, which is
 * installed where that may be done; of all that, what the checksums name.
 *
 * @throws OtherBytes
 */
export async function fetchJars(
  artifact: string,
  checksums: ReadonlyMap<string, string>,
  folder: string,
  wanting: Wanting,
): Promise<void> {
  await providePrograms(FETCHERS, wanting);
  await writeFile(join(folder, 'pom.xml'), projectOf(artifact));
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
  const args = ['-q', '-B', '-f', join(folder, 'pom.xml'), goal, `-DoutputDirectory=${join(folder, 'jars')}`];
  await run('mvn', args, { timeoutMs: FETCH_DEADLINE_MS }).catch((error: unknown) => {
    const [line = ''] = String(error)
      .split('\n')
      .filter((text) => /ERROR|ended/.test(text))
      .toReversed();
    throw new Error(`Maven could not fetch ${wanting.name}: ${line}`);
  });
  await keepChecked(join(folder, 'jars'), checksums);
}
