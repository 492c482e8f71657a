import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, run } from '@jangteo/infra';

const PULL_MS = 300_000;

/** The image that docker-compose.yml takes, unless the environment names another one. @param variable `KAFKA_IMAGE` */
export async function imageOf(variable: string): Promise<string> {
  const compose = await readFile(join(projectRoot(), 'docker-compose.yml'), 'utf8');
  const [, usual] = new RegExp(`\\$\\{${variable}:-([^}]*)\\}`).exec(compose) ?? [];
  if (usual === undefined) throw new Error(`docker-compose.yml has no ${variable}`);
  return process.env[variable] || usual;
}

/** Whether the engine has an image, or gets it now. */
export async function canHave(image: string): Promise<boolean> {
  return await run('docker', ['image', 'inspect', image])
    .catch(() => run('docker', ['pull', '--quiet', image], { timeoutMs: PULL_MS }))
    .then(
      () => true,
      () => false,
    );
}
