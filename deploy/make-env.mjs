// Prints .env, made of .env.example, with secrets that nobody has had before: for machines with Docker and no Node, where
// it runs in a container. Elsewhere `npm run env` does more: it keeps what is there. Plain JavaScript without dependencies.
//
//   --statistics        prints what the profile statistics needs and .env lacks; all of .env where there is none yet.
//                       Nothing of it, and ends with 1, where .env has another mind about it. `npm run env` has it from here
//   --file <path>       another one than .env beside docker-compose.yml
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';

const { values } = parseArgs({
  options: { statistics: { type: 'boolean', default: false }, file: { type: 'string' } },
});

const secret = () => randomBytes(24).toString('hex');

function freshEnv() {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  // One line, as the gateway takes it.
  const keyLine = `TOKEN_PRIVATE_KEY='${key.replaceAll('\n', String.raw`\n`)}'`;
  return example
    .replace(/^TOKEN_PRIVATE_KEY=$/m, () => keyLine)
    .replaceAll(/^([A-Z_]+)=$/gm, (_line, name) => `${name}=${secret()}`);
}

/** What the profile statistics needs; passwords are those that are there. */
function statisticsVariables(present) {
  const reader = present.STATISTICS_RUNTIME_DATABASE_PASSWORD || secret();
  return {
    DATA_PLATFORM_URL: `kafka://kafka:9092/${present.STATISTICS_TOPIC || 'orders'}`,
    DATA_PLATFORM_ALLOW_PLAINTEXT: 'true',
    STATISTICS_DATABASE_PASSWORD: present.STATISTICS_DATABASE_PASSWORD || secret(),
    STATISTICS_RUNTIME_DATABASE_PASSWORD: reader,
    STATISTICS_DATABASE_URL: `postgres://jangteo_statistics_runtime:${reader}@postgres:5432/jangteo_statistics`,
    STATISTICS_READY: 'true',
    COMPOSE_PROFILES: 'statistics',
  };
}

/** @returns what is to be added to a .env @throws where that would overrule what is there */
function statisticsLines(text) {
  const present = parseEnv(text);
  const wanted = Object.entries(statisticsVariables(present));
  // Whoever wants other profiles names this one beside them.
  const others = wanted.filter(
    ([name, value]) => name !== 'COMPOSE_PROFILES' && present[name] && present[name] !== value,
  );
  if (others.length > 0) {
    // Not what it would be: the last one has a password in it.
    const names = others.map(([name]) => name).join(', ');
    throw new Error(
      `Nothing is added: ${names} in .env ${others.length === 1 ? 'is' : 'are'} set for something else than the profile statistics. Take that out and run this again, or leave the profile off.`,
    );
  }
  const lacking = wanted.filter(([name]) => !present[name]);
  const said =
    lacking.length === 0
      ? '.env has what the profile statistics needs.'
      : `Added for the profile statistics: ${lacking.map(([name]) => name).join(', ')}`;
  const hasProfile = (present.COMPOSE_PROFILES || 'statistics').split(',').includes('statistics');
  // --profile would take the place of those that .env names.
  const next = hasProfile
    ? 'docker compose up --build'
    : `COMPOSE_PROFILES=${present.COMPOSE_PROFILES},statistics docker compose up --build (or add it in .env)`;
  console.error(`${said}\nNext: ${next}`);
  const lines = lacking.map(([name, value]) => `${name}=${value}\n`).join('');
  return lines === '' || text === '' || text.endsWith('\n') ? lines : `\n${lines}`;
}

const path = values.file ?? new URL('../.env', import.meta.url);
// A shell that appends to a file that is not there has made it by now, empty.
const there = values.statistics && existsSync(path) ? readFileSync(path, 'utf8') : '';
const base = there === '' ? freshEnv() : '';

try {
  process.stdout.write(`${base}${values.statistics ? statisticsLines(`${there}${base}`) : ''}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
