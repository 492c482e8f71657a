import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { defaultCell, settings, type Setting } from './configuration-page.js';
import { composeVariables, OWN_WAY, SECRET, SETTLED } from './env-file.js';
import type { PrintedPage } from './printed-page.js';
import { newSecrets } from './secrets.js';

/** What spans are said to be of is another name in each service. */
const NOT_FOR_ALL: readonly string[] = [...OWN_WAY, ...SETTLED, 'OTEL_SERVICE_NAME'];

const INTRODUCTION = `# Variables of docker-compose.yml, for a copy of this file named .env. \`npm run env\` makes that copy, with secrets in it,
# and fills in those that a copy lacks.
# Where there is Docker and no Node:
#
#   (umask 077; set -C; docker run --rm -v "$PWD":/shop:ro node:24-bookworm-slim node /shop/deploy/make-env.mjs > .env)
#
# What the profile statistics needs (docs/data-platform.md) is added by \`npm run env -- --statistics\`, or there by
#
#   (umask 077; docker run --rm -v "$PWD":/shop:ro node:24-bookworm-slim node /shop/deploy/make-env.mjs --statistics >> .env)
#
# Passwords of services, broker and Redis stand in URLs: letters, digits, ".", "_", "~" and "-" alone.
#
# Written by \`npm run docs\` from docker-compose.yml and the schemas of the services; a test fails where it differs.`;

/** What has to be set; the secrets, which are for whoever copies the file to make, are empty. */
function needed(): string[] {
  const admin = { adminEmail: 'admin@jangteo.local', adminPassword: undefined };
  return Object.entries(composeVariables(admin, newSecrets())).map(([name, value]) =>
    SECRET.test(name) ? `${name}=` : `${name}=${value}`,
  );
}

/** Those whose default no value says: compose has the shop's own Redis where nothing is set, and no statistics. */
const UNSAID: Readonly<Record<string, string>> = {
  STATISTICS_READY: '`npm run env -- --statistics` sets it, with all else that the profile statistics needs',
  REDIS_URL: "the shop's own Redis; there and empty: none",
};

/** A variable with its default, as it is read where nothing is set. */
function idle(name: string, preset: string): string {
  const said = UNSAID[name];
  return said === undefined ? `# ${name}=${preset}` : `# ${name}: ${said}`;
}

/** A variable whose default is not one value for all, as a remark: whoever made it a line would change it for some. */
function remark(setting: Setting): string | undefined {
  const differs = new Set(setting.defaults.values()).size > 1;
  return differs ? `# ${setting.name}: ${defaultCell(setting)}` : undefined;
}

/** @param compose docker-compose.yml */
export function envExample(compose: string): string {
  const must = needed();
  const all = settings().filter(
    ({ name }) => !NOT_FOR_ALL.includes(name) && !must.some((line) => line.startsWith(`${name}=`)),
  );
  const presets = new Map(
    [...compose.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name = '', preset = '']) => [name, preset]),
  );
  const passedOn = [...compose.matchAll(/^ +([A-Z][A-Z_]+):$/gm)].map(([, name = '']) => name);
  const ofServices = new Set(all.map(({ name }) => name));
  const ofCompose = [...new Set([...presets.keys(), ...passedOn])].filter(
    (name) => !ofServices.has(name) && !NOT_FOR_ALL.includes(name),
  );
  return `${[
    INTRODUCTION,
    '',
    must.join('\n'),
    '',
    '# What follows may be set; it is shown with its defaults. Of the containers (docs/operations.md):',
    ...ofCompose.map((name) => idle(name, presets.get(name) ?? '')),
    '',
    '# Of the services (docs/configuration.md says what each is):',
    // One that means something else to each of two services is one line here.
    ...new Set(all.map((one) => remark(one) ?? idle(one.name, presets.get(one.name) ?? one.preset))),
  ].join('\n')}\n`;
}

/** The file as the code has it. */
export async function freshEnvExample(): Promise<string> {
  return envExample(await readFile(join(projectRoot(), 'docker-compose.yml'), 'utf8'));
}

export const ENV_EXAMPLE: PrintedPage = { path: '.env.example', fresh: freshEnvExample };
