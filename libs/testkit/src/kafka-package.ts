import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { madeOnce, projectRoot, run } from '@jangteo/infra';

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
  const folder = join(projectRoot(), '.local', 'test-packages', `${PACKAGE}-${VERSION}`);
  await madeOnce(folder, install).catch((error: unknown) => {
    throw unavailable(error);
  });
  return createRequire(join(folder, 'here.js')).resolve(PACKAGE);
}

async function install(folder: string): Promise<void> {
  // npm under the Node that tests run under, for which the package is made.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', [...args, `${PACKAGE}@${VERSION}`], { env, cwd: folder, timeoutMs: INSTALL_DEADLINE_MS });
}
