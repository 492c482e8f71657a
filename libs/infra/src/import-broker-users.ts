// Makes the services' users with their permissions on a running broker, through its management API, or gives
// those that exist their present passwords and permissions. Repeating it changes nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { definitionsFrom } from './broker-urls.js';
import { importSteps } from './broker-users.js';

const DEADLINE_MS = 60_000;
/** A broker that has just started on a busy machine may say nothing for a minute, or end the connection. */
const ATTEMPTS = 5;
const PAUSE_MS = 2_000;

/** RABBITMQ_DEFAULT_PASS of its image counts when the volume is made, and never again. */
const OTHER_PASSWORD =
  'it does not know RABBITMQ_USER with RABBITMQ_PASSWORD: the data of the broker keeps the password that it was made ' +
  'with. Give it the one of now with rabbitmqctl change_password ("Secrets and keys" in docs/operations.md)';

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set`);
}

/** Asks again while nobody answers. @throws what came of the last attempt */
async function answerTo(url: URL, request: RequestInit, attempt = 1): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(DEADLINE_MS) });
  } catch (error) {
    if (attempt === ATTEMPTS) throw error;
    await sleep(PAUSE_MS);
    return await answerTo(url, request, attempt + 1);
  }
}

async function importUsers(): Promise<string> {
  const definitions = definitionsFrom(process.env);
  const url = new URL('/api/definitions', required('RABBITMQ_MANAGEMENT_URL'));
  const login = `${required('RABBITMQ_USER')}:${required('RABBITMQ_PASSWORD')}`;
  const headers = {
    authorization: `Basic ${Buffer.from(login).toString('base64')}`,
    'content-type': 'application/json',
  };
  for (const step of importSteps(definitions)) {
    const answer = await answerTo(url, { method: 'POST', headers, body: JSON.stringify(step) });
    if (answer.status === 401) throw new Error(OTHER_PASSWORD);
    if (!answer.ok) throw new Error(`${url.origin} answered ${answer.status}: ${await answer.text()}`);
  }
  return `${definitions.users.length} users have their permissions`;
}

// The first process of a container is not ended by a signal that it does not hear. What is half done is done again.
process.once('SIGTERM', () => process.exit(143));
try {
  process.stdout.write(`${await importUsers()}\n`);
} catch (error) {
  const { message, cause } = error as Error & { cause?: Error };
  const why = cause === undefined ? message : `${message} (${cause.message})`;
  process.stderr.write(`RabbitMQ did not take the users of the services: ${why}\n`);
  process.exitCode = 1;
}
