import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, writePrivate } from '@jangteo/infra';
import { composeVariables, envFile, missingFrom, secretsFrom } from './env-file.js';
import { makeLocalDir } from './paths.js';
import { localSecretsPath, newSecrets, readLocalSecrets } from './secrets.js';
import { readSettings } from './settings.js';

const help = `Usage: npm run env [-- --statistics] [--force]

Writes .env, which docker-compose.yml takes its secrets from: passwords for the databases, the broker and the shop's
first admin, and the key that signs tokens. They are those of .local/secrets.json, which npm start uses too. What that
has none of it takes from the .env that is there, or it is made. Only you can read both files.

  --statistics   adds what the compose profile statistics needs (docs/data-platform.md), and the profile itself; what is set
                 for something else stays, and is named
  --force        writes .env anew where there is one: what you have added to it is lost

ADMIN_EMAIL and ADMIN_PASSWORD of the environment are taken where they are set.
`;

/**
 * The variables of this shop, and in words where they are from. Secrets that are not kept yet are those that a .env has,
 * which is what running servers were made with, or are made.
 * @param text of that .env
 */
async function localVariables(text = ''): Promise<{ variables: Record<string, string>; origin: string }> {
  await makeLocalDir();
  const origin = `${existsSync(localSecretsPath) ? 'the' : 'new'} secrets in .local/secrets.json`;
  const secrets = await readLocalSecrets(secretsFrom(text, newSecrets()));
  return { variables: composeVariables(readSettings(process.env), secrets), origin };
}

/** Adds what a .env lacks. What is in it may be of use to somebody. @returns whether it lacked anything */
async function complete(path: string, text: string): Promise<boolean> {
  const { variables, origin } = await localVariables(text);
  const missing = missingFrom(text, variables);
  if (Object.keys(missing).length === 0) return false;
  await writePrivate(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${envFile(missing)}`);
  console.log(`Added to .env, from ${origin}: ${Object.keys(missing).join(', ')}`);
  return true;
}

/**
 * Adds what the profile statistics needs to a .env. What that is has one place, which works without packages as well.
 * @returns whether it could be added
 */
async function addStatistics(path: string): Promise<boolean> {
  const program = join(projectRoot(), 'deploy', 'make-env.mjs');
  const { status, stdout } = spawnSync(process.execPath, [program, '--statistics', '--file', path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0 && stdout !== '') await writePrivate(path, `${await readFile(path, 'utf8')}${stdout}`);
  return status === 0;
}

async function write(path: string, text = ''): Promise<void> {
  const { variables, origin } = await localVariables(text);
  await writePrivate(path, envFile(variables));
  console.log(`Wrote .env with ${Object.keys(variables).length} variables, from ${origin}`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      statistics: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const path = join(projectRoot(), '.env');
  const text = existsSync(path) ? await readFile(path, 'utf8') : undefined;
  const isWritten = values.force || text === undefined;
  let isChanged = isWritten;
  if (isWritten) await write(path, text);
  else isChanged = await complete(path, text);
  if (values.statistics) return (await addStatistics(path)) ? 0 : 1;
  if (isWritten) console.log('Next: docker compose up --build');
  else if (!isChanged)
    console.log(
      '.env is there already, lacks nothing, and stays as it is; npm run env -- --force writes it anew',
    );
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
