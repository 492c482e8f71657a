// A PostgreSQL 18 for one measurement, on this machine, that is gone after it, and when it is interrupted.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, startPostgres } from '@jangteo/infra';
import pg from 'pg';

/** Ends this program: with 1 where the work fails, with 130 where it is interrupted. */
export async function withOwnPostgres(work) {
  const interrupted = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(130));
  });
  const local = join(projectRoot(), '.local');
  await mkdir(local, { recursive: true });
  const dataDir = await mkdtemp(join(local, 'measured-'));
  const postgres = await startPostgres({ dataDir }).catch((error) => {
    console.error(error);
  });
  const worked = async () => {
    if (postgres === undefined) return 1;
    await work(postgres.url);
    return 0;
  };
  process.exitCode = await Promise.race([interrupted, worked()]).catch((error) => {
    console.error(error);
    return 1;
  });
  await postgres?.kill();
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
