import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { settings } from './configuration-page.js';
import { composeVariables, OWN_WAY, SETTLED } from './env-file.js';
import { newSecrets } from './secrets.js';

const PATH = join(projectRoot(), '.env.example');

/** Secrets are for whoever copies the file to make. */
const SECRET = /_(PASSWORD|COOKIE|KEY)$/;

/** What spans are said to be of is another name in each service. */
const NOT_FOR_ALL: readonly string[] = [...OWN_WAY, ...SETTLED, 'OTEL_SERVICE_NAME'];

const INTRODUCTION = `# Variables of docker-compose.yml, for a copy of this file named .env. \`npm run env\` makes that copy, with secrets in it.
# Where there is Docker and no Node:
#
#   umask 077; docker run --rm -v "$PWD":/shop:ro node:24-bookworm-slim node /shop/deploy/make-env.mjs > .env
#
# Written by \`npm run docs\` from docker-compose.yml and the schemas of the services; a test fails where it differs.`;

/** What has to be set, the secrets empty: compose starts nothing while one is. */
function needed(): string[] {
  const admin = { adminEmail: 'admin@jangteo.local', adminPassword: undefined };
  return Object.entries(composeVariables(admin, newSecrets())).map(([name, value]) =>
    SECRET.test(name) ? `${name}=` : `${name}=${value}`,
  );
}

/** A variable with its default, as it is read where nothing is set. */
const idle = (name: string, preset: string): string => `# ${name}=${preset}`;

/** @param compose docker-compose.yml */
export function envExample(compose: string): string {
  const must = needed();
  const all = settings().filter(
    ({ name }) => !NOT_FOR_ALL.includes(name) && !must.some((line) => line.startsWith(`${name}=`)),
  );
  const ofServices = new Map(all.map(({ name, preset }) => [name, preset]));
  const ofCompose = new Map(
    [...compose.matchAll(/\$\{(\w+):-([^}]*)\}/g)].flatMap(([, name = '', preset = '']) =>
      ofServices.has(name) ? [] : [[name, preset] as const],
    ),
  );
  const lines = (of: ReadonlyMap<string, string>): string[] =>
    [...of].map(([name, preset]) => idle(name, preset));
  return `${[
    INTRODUCTION,
    '',
    must.join('\n'),
    '',
    '# What follows may be set; it is shown with its defaults. Of the containers (docs/operations.md):',
    ...lines(ofCompose),
    '',
    '# Of the services (docs/configuration.md says what each is, and which defaults differ between services):',
    ...lines(ofServices),
  ].join('\n')}\n`;
}

/** The file as the code has it. */
export async function freshEnvExample(): Promise<string> {
  return envExample(await readFile(join(projectRoot(), 'docker-compose.yml'), 'utf8'));
}

/** The file as it was written last; empty where it never was. */
export async function writtenEnvExample(): Promise<string> {
  return await readFile(PATH, 'utf8').catch(() => '');
}

export async function writeEnvExample(): Promise<void> {
  await writeFile(PATH, await freshEnvExample());
}
