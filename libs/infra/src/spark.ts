import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkJava, checksumsIn, fetchJars, OtherBytes, providePrograms } from './jars.js';
import { madeOnce } from './made-once.js';
import { run } from './processes.js';

/** Whether PyPI answers is asked of something small. */
const REACHED = 'typing-extensions';
const REACHED_DEADLINE_MS = 20_000;
const INSTALL_DEADLINE_MS = 300_000;

const PROGRAMS = { java: 'default-jre-headless', python3: 'python3-venv' };

/** Files of a job that say what it needs, with checksums: Python's packages in the order of their use, and Spark's jars. */
const REQUIREMENTS = ['requirements-build.txt', 'requirements.txt', 'requirements-test.txt'];
const CONNECTOR = 'connector.sha256';

/** What pip says of other bytes. */
const OTHER_BYTES = /DO NOT MATCH THE HASHES/;
/** Nothing without a checksum: what makes a package of a source is what was installed before. */
const CHECKED = ['--require-hashes', '--no-build-isolation', '--use-pep517'];

/** Spark on this machine: the Python that has it, or why there is none. */
export type ProvidedSpark = { readonly python: string } | { readonly problem: string };

const PIP = ['-m', 'pip', '--quiet', '--disable-pip-version-check'];

const pythonIn = (folder: string): string => join(folder, 'bin', 'python');

/** Puts the jars that a job's file of checksums names beside Spark's own. @throws OtherBytes */
async function addConnector(job: string, folder: string, python: string): Promise<void> {
  const checksums = checksumsIn(await readFile(join(job, CONNECTOR), 'utf8'));
  const [, version] = [...checksums.keys()].join('\n').match(/^spark-sql-kafka-0-10_2\.13-(.*)\.jar$/m) ?? [];
  const artifact = `org.apache.spark:spark-sql-kafka-0-10_2.13:${version}`;
  await fetchJars(artifact, checksums, folder, { name: `Spark's connector ${version}` });
  const spark = await run(python, ['-c', 'import pyspark; print(pyspark.__path__[0])']);
  const jars = join(folder, 'jars');
  for (const name of checksums.keys()) await copyFile(join(jars, name), join(spark.trim(), 'jars', name));
  await rm(jars, { recursive: true });
}

/** A network that swallows what is sent would take the time of everything. @throws Error saying so */
async function checkPyPI(python: string, folder: string): Promise<void> {
  const into = join(folder, 'reached');
  const once = ['--no-deps', '--retries=0', '--timeout=10'];
  const args = [...PIP, 'download', ...once, `--dest=${into}`, REACHED];
  await run(python, args, { timeoutMs: REACHED_DEADLINE_MS }).catch((error: unknown) => {
    throw new Error(`PyPI does not answer: ${reasonOf(error)}`);
  });
  await rm(into, { recursive: true });
}

/** The last line that says something of why a program failed. */
function reasonOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trimEnd().split('\n');
  return (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '').trim().slice(0, 300);
}

/**
 * Finds the Spark that was brought before, or brings what a job's files name, from PyPI and Maven.
 *
 * @param job folder of the job
 * @param cache folder that is kept from run to run
 * @throws Error where something is another than the checksums say
 */
export async function provideSpark(
  job: string,
  cache: string,
  onProgress?: (step: string) => void,
): Promise<ProvidedSpark> {
  const wanting = { name: 'Spark', onProgress };
  try {
    const wanted = createHash('sha256');
    for (const name of [...REQUIREMENTS, CONNECTOR]) wanted.update(await readFile(join(job, name)));
    const folder = join(cache, `spark-${wanted.digest('hex').slice(0, 12)}`);
    await providePrograms(PROGRAMS, wanting);
    await checkJava();
    if (!existsSync(folder)) onProgress?.('Spark: fetching it from PyPI, and its connector from Maven');
    const fill = async (fresh: string): Promise<void> => {
      const python = pythonIn(fresh);
      await run('python3', ['-m', 'venv', fresh]);
      await checkPyPI(python, fresh);
      for (const name of REQUIREMENTS) {
        const args = [...PIP, 'install', ...CHECKED, '-r', join(job, name)];
        await run(python, args, { timeoutMs: INSTALL_DEADLINE_MS });
      }
      await addConnector(job, fresh, python);
    };
    return { python: pythonIn(await madeOnce(folder, fill)) };
  } catch (error) {
    if (error instanceof OtherBytes || OTHER_BYTES.test(String(error))) throw error;
    return { problem: reasonOf(error) };
  }
}
