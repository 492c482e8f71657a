import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkJava, fetchJars, providePrograms } from './jars.js';
import { madeOnce } from './made-once.js';
import { projectRoot } from './project.js';

const VERSION = '4.1.1';

/** What brokers and their certificates need of the machine, by program, with Debian's package for it. */
const PROGRAMS = { java: 'default-jre-headless', openssl: 'openssl' };

/** Kafka on this machine: the folder of its jars, or why there is none. */
export type ProvidedKafka = { readonly jars: string } | { readonly problem: string };

/**
 * Finds the Kafka that KAFKA_JARS names or that was fetched before, or fetches one with Maven, and what it needs of this
 * machine, as Debian's packages where that may be done.
 */
export async function provideKafka(onProgress?: (step: string) => void): Promise<ProvidedKafka> {
  if (process.env.KAFKA_JARS) return { jars: process.env.KAFKA_JARS };
  const folder = join(projectRoot(), 'node_modules', '.cache', 'kafka', VERSION);
  const wanting = { name: 'Kafka', onProgress };
  try {
    await providePrograms(PROGRAMS, wanting);
    await checkJava();
    if (!existsSync(folder)) onProgress?.(`Kafka: fetching ${VERSION}`);
    const fetch = (into: string): Promise<void> =>
      fetchJars([`org.apache.kafka:kafka_2.13:${VERSION}`], into, wanting);
    return { jars: join(await madeOnce(folder, fetch), 'jars') };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
