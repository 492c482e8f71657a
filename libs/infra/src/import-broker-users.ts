// Makes the services' users with their permissions on a running broker, through its management API, or gives
// those that exist their present passwords and permissions. Repeating it changes nothing.
import { definitionsFrom } from './broker-urls.js';
import { importSteps } from './broker-users.js';

const DEADLINE_MS = 30_000;

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set`);
}

async function importUsers(): Promise<string> {
  const definitions = definitionsFrom(process.env);
  const url = new URL('/api/definitions', required('RABBITMQ_MANAGEMENT_URL'));
  const login = `${required('RABBITMQ_USER')}:${required('RABBITMQ_PASSWORD')}`;
  for (const step of importSteps(definitions)) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(login).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(step),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (!answer.ok) throw new Error(`${url.origin} answered ${answer.status}: ${await answer.text()}`);
  }
  return `${definitions.users.length} users have their permissions`;
}

try {
  process.stdout.write(`${await importUsers()}\n`);
} catch (error) {
  const { message, cause } = error as Error & { cause?: Error };
  const why = cause === undefined ? message : `${message} (${cause.message})`;
  process.stderr.write(`RabbitMQ did not take the users of the services: ${why}\n`);
  process.exitCode = 1;
}
