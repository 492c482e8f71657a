import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { projectRoot, run } from '@jangteo/infra';

/**
 * librdkafka with its mock cluster, compiled, for Linux and macOS. Not among the development dependencies,
 * because npm leaves it out there where the user's own Node is another one than that which tests run under.
 */
const PACKAGE = 'kafka-crab-js';
const VERSION = '5.0.0';
const INSTALL_DEADLINE_MS = 120_000;

const unavailable = (reason: unknown): Error =>
  new Error(
    `Tests of what goes over Kafka need the npm package ${PACKAGE}@${VERSION}, which holds librdkafka's mock ` +
      `cluster, and it could not be installed: ${String(reason)}`,
  );

/** The path of the package's module; it is installed beside the project's local data at the first call. */
export async function kafkaModulePath(): Promise<string> {
  const parent = join(projectRoot(), '.local', 'test-packages');
  const folder = join(parent, `${PACKAGE}-${VERSION}`);
  if (!existsSync(folder)) {
    await mkdir(parent, { recursive: true });
    await install(parent, folder);
  }
  return createRequire(join(folder, 'here.js')).resolve(PACKAGE);
}

/** Into a folder of its own that gets its name when it is complete: test files may come here at once. */
async function install(parent: string, folder: string): Promise<void> {
  const fresh = await mkdtemp(join(parent, 'new-'));
  // npm under the Node that tests run under, for which the package is made.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  const args = ['install', '--prefix', fresh, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  try {
    await run('npm', [...args, `${PACKAGE}@${VERSION}`], { env, cwd: fresh, timeoutMs: INSTALL_DEADLINE_MS });
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw unavailable(error);
  }
}
