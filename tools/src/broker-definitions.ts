import { BROKER_USERS } from '@jangteo/contracts';
import { amqpVariable, definitionsFrom } from '@jangteo/infra';

const help = `Usage: npm run --silent broker-definitions > definitions.json

Prints the services' users with the least permissions that each can work with, for a broker of your own:
  rabbitmqctl import_definitions definitions.json
Names, passwords and the virtual host are taken from what the services will connect with:
  ${BROKER_USERS.map(amqpVariable).join(', ')}
  MESSAGING_NAMESPACE   prefix of queues and exchanges (jangteo)
Passwords are hashed in what is printed.
`;

if (process.argv.length > 2) {
  process.stdout.write(help);
  process.exit(process.argv.includes('--help') || process.argv.includes('-h') ? 0 : 2);
}
try {
  console.log(JSON.stringify(definitionsFrom(process.env), undefined, 2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
