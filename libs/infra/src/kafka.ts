import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { canInstallPackages, installPackage } from './debian-package.js';
import { madeOnce } from './made-once.js';
import { run } from './processes.js';
import { projectRoot } from './project.js';

const VERSION = '4.1.1';
const FETCH_DEADLINE_MS = 300_000;
/** Brokers need it to run. */
const JAVA_LEAST = 17;

/** What brokers and their certificates need of the machine, by program, with Debian's package for it. */
const PROGRAMS = { java: 'default-jre-headless', openssl: 'openssl' };
/** What is needed once, to fetch the brokers. */
const FETCHERS = { mvn: 'maven' };

const project = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version>
  </dependency></dependencies>
</project>
`;

/** Kafka on this machine: the folder of its jars, or why there is none. */
export type ProvidedKafka = { readonly jars: string } | { readonly problem: string };

function isHere(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** @throws Error naming a program that is missing, and cannot be installed */
async function provide(
  programs: Readonly<Record<string, string>>,
  onProgress?: (step: string) => void,
): Promise<void> {
  for (const [program, name] of Object.entries(programs)) {
    if (isHere(program)) continue;
    if (await canInstallPackages()) {
      onProgress?.(`Kafka: installing the package ${name} of this machine`);
      await installPackage({ name, units: [] }).catch(() => undefined);
    }
    if (!isHere(program)) throw new Error(`this machine has no ${program}`);
  }
}

async function checkJava(): Promise<void> {
  // With two dashes it is on its output, where `run` finds it.
  const said = await run('java', ['--version']).catch((error: unknown) => String(error));
  const version = Number(/^\S+ (\d+)/m.exec(said)?.[1] ?? 0);
  if (version < JAVA_LEAST) throw new Error(`Java ${JAVA_LEAST} or later is needed: ${said.split('\n')[0]}`);
}

async function fetchInto(folder: string): Promise<void> {
  await writeFile(join(folder, 'pom.xml'), project);
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
  const args = ['-q', '-B', '-f', join(folder, 'pom.xml'), goal, `-DoutputDirectory=${join(folder, 'jars')}`];
  await run('mvn', args, { timeoutMs: FETCH_DEADLINE_MS }).catch((error: unknown) => {
    const [line = ''] = String(error)
      .split('\n')
      .filter((text) => /ERROR|ended/.test(text))
      .toReversed();
    throw new Error(`Maven could not fetch Kafka ${VERSION}: ${line}`);
  });
}

/**
 * Finds a Kafka that was fetched before, or fetches one with Maven, and what it needs of this machine, as Debian's
 * packages where that may be done.
 */
export async function provideKafka(onProgress?: (step: string) => void): Promise<ProvidedKafka> {
  const folder = join(projectRoot(), 'node_modules', '.cache', 'kafka', VERSION);
  try {
    await provide(PROGRAMS, onProgress);
    await checkJava();
    if (!existsSync(folder)) {
      await provide(FETCHERS, onProgress);
      onProgress?.(`Kafka: fetching ${VERSION}`);
    }
    return { jars: join(await madeOnce(folder, fetchInto), 'jars') };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
