import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { accountOf } from '@jangteo/contracts';
import { writePrivate } from '@jangteo/infra';
import type { LocalSecrets } from '../secrets.js';
import { services } from '../services.js';
import { manifestsDir } from './files.js';

/** The folder from which the demo's kustomization reads its secrets; git does not. */
const folder = join(manifestsDir, 'overlays', 'demo', 'secrets');

const lines = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** The contents of the demo's Secrets by their names. */
export function demoSecrets(secrets: LocalSecrets, adminEmail: string): Record<string, string> {
  const accounts = services.flatMap((service) => {
    const username = accountOf(service);
    return [
      [`${service}-database`, lines({ username, password: secrets.databasePasswords[service] })],
      [
        `${service}-runtime-database`,
        lines({ username: `${username}_runtime`, password: secrets.runtimeDatabasePasswords[service] }),
      ],
      [`${service}-broker`, lines({ username, password: secrets.brokerPasswords[service] })],
    ] as const;
  });
  const gateway = lines({
    // A file of variables has one line for each.
    TOKEN_PRIVATE_KEY: secrets.tokenPrivateKey.trim().replaceAll('\n', String.raw`\n`),
    ADMIN_EMAIL: adminEmail,
    ADMIN_PASSWORD: secrets.adminPassword,
  });
  return { ...Object.fromEntries(accounts), 'gateway-secrets': gateway };
}

/** Writes the files, readable by their owner only. @returns their folder */
export async function writeDemoSecrets(secrets: LocalSecrets, adminEmail: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(demoSecrets(secrets, adminEmail))) {
    await writePrivate(join(folder, `${name}.env`), content);
  }
  return folder;
}
