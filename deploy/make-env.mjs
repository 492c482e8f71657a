// Prints .env, made of .env.example, with secrets that nobody has had before: for machines with Docker and no Node, where
// it runs in a container. Elsewhere `npm run env` does more: it keeps what is there. Plain JavaScript without dependencies.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

/** One line, as the gateway takes it. */
const keyLine = `TOKEN_PRIVATE_KEY='${key.replaceAll('\n', String.raw`\n`)}'`;

process.stdout.write(
  example
    .replace(/^TOKEN_PRIVATE_KEY=$/m, () => keyLine)
    .replaceAll(/^([A-Z_]+)=$/gm, (_line, name) => `${name}=${randomBytes(24).toString('hex')}`),
);
