// A PostgreSQL 18 for one measurement, on this machine, that is gone after it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, startPostgres } from '@jangteo/infra';
import pg from 'pg';

/** Ends this program: with 1 where the work fails. */
export async function withOwnPostgres(work) {
  const local = join(projectRoot(), '.local');
  await mkdir(local, { recursive: true });
  const dataDir = await mkdtemp(join(local, 'measured-'));
  const postgres = await startPostgres({ dataDir });
  try {
    await work(postgres.url);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  await postgres.kill();
  await rm(dataDir, { recursive: true, force: true });
  process.exit();
}

export async function connected(connectionString) {
  const client = new pg.Client({ connectionString });
  // It ends with its server, where the work fails.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
