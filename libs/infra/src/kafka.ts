import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkJava, checksumsIn, fetchJars, OtherBytes, providePrograms } from './jars.js';
import { madeOnce } from './made-once.js';
import { projectRoot } from './project.js';

const VERSION = '4.1.1';
/** Of all its jars. */
const CHECKSUMS = join('libs', 'infra', 'kafka.sha256');

/** What brokers and their certificates need of the machine, by program, with Debian's package for it. */
const PROGRAMS = { java: 'default-jre-headless', openssl: 'openssl' };

/** Kafka on this machine: the folder of its jars, or why there is none. */
export type ProvidedKafka = { readonly jars: string } | { readonly problem: string };

/**
 * Finds the Kafka that KAFKA_JARS names or that was fetched before, or fetches one with Maven, and what it needs of this
 * machine, as Debian's packages where that may be done.
 *
 * @throws OtherBytes where what was fetched is another than the checksums say
 */
export async function provideKafka(onProgress?: (step: string) => void): Promise<ProvidedKafka> {
  if (process.env.KAFKA_JARS) return { jars: process.env.KAFKA_JARS };
  const wanting = { name: 'Kafka', onProgress };
  try {
    const list = await readFile(join(projectRoot(), CHECKSUMS), 'utf8');
    const checksums = checksumsIn(list);
    const name = `${VERSION}-${createHash('sha256').update(list).digest('hex').slice(0, 12)}`;
    const folder = join(projectRoot(), 'node_modules', '.cache', 'kafka', name);
    await providePrograms(PROGRAMS, wanting);
    await checkJava();
    if (!existsSync(folder)) onProgress?.(`Kafka: fetching ${VERSION}`);
    const fetch = (into: string): Promise<void> =>
      fetchJars(`org.apache.kafka:kafka_2.13:${VERSION}`, checksums, into, wanting);
    return { jars: join(await madeOnce(folder, fetch), 'jars') };
  } catch (error) {
    if (error instanceof OtherBytes) throw error;
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
