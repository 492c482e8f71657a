import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, writePrivate } from '@jangteo/infra';
import { composeVariables, envFile } from './env-file.js';
import { localDir } from './paths.js';
import { localSecretsPath, readLocalSecrets } from './secrets.js';
import { readSettings } from './settings.js';

const help = `Usage: npm run env [-- --force]

Writes .env, which docker-compose.yml takes its secrets from: passwords for the databases, the broker and the shop's
first admin, and the key that signs tokens. They are those of .local/secrets.json, which npm start uses too, and are
made where it has none. Only you can read both files.

  --force   writes .env anew where there is one: what you have added to it is lost

ADMIN_EMAIL and ADMIN_PASSWORD of the environment are taken where they are set.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const path = join(projectRoot(), '.env');
  if (existsSync(path) && !values.force) {
    console.error('.env is there already and stays as it is; npm run env -- --force writes it anew');
    return 1;
  }
  await mkdir(localDir, { recursive: true, mode: 0o700 });
  const madeNow = !existsSync(localSecretsPath);
  const variables = composeVariables(readSettings(process.env), await readLocalSecrets());
  await writePrivate(path, envFile(variables));
  console.log(
    `Wrote .env with ${Object.keys(variables).length} variables, from ${madeNow ? 'new' : 'the'} secrets in .local/secrets.json`,
  );
  console.log('Next: docker compose up --build');
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
