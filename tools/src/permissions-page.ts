import { accessMatrix, BROKER_USERS, type Access, type BrokerUser, type Place } from '@jangteo/contracts';
import type { PrintedPage } from './printed-page.js';

/** The namespace of a shop that sets none. */
const NAMESPACE = 'jangteo';

const INTRODUCTION = `# Who may do what on the broker

Written by \`npm run docs\` from the messages in \`libs/contracts\`; \`npm test\` fails when it differs from them, and
\`wrong-sender.int.spec.ts\` tries queues, those of dead letters among them, and events on a broker with the credentials
of each service.

Each service has a user of its own. **The broker refuses** what its permissions do not have. RabbitMQ cannot narrow
who writes to a queue, so **the receiver parks** what comes from somebody who may not send it: every message carries
the \`user-id\` of its sender, which RabbitMQ takes from nobody but that user, and the contract says who that may be. It
becomes a dead letter of reason \`wrong-sender\` (\`no-sender\` where it says nothing), which no handler has seen,
and counts in \`messaging_wrong_sender_total\`. An answer to a request is taken from the service that was asked
alone.

A service sends its own dead letters again in its own name, with that of their first sender in the header
\`original-sender\`. That header counts in a message that the receiver itself has signed, and in no other. Of a message
without a sender nobody knows that, so it is sent again only where an operator says so, one by one or by its reason.
`;

const marks: Readonly<Record<Access, string>> = { allowed: 'yes', parked: 'parked', refused: 'refused' };

function table(
  head: string,
  places: readonly Place[],
  of: (place: Place) => Readonly<Record<BrokerUser, Access>>,
) {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line([head, ...BROKER_USERS]),
    `|${'---|'.repeat(BROKER_USERS.length + 1)}`,
    ...places.map((place) =>
      line([`\`${place.name}\``, ...BROKER_USERS.map((user) => marks[of(place)[user]])]),
    ),
  ].join('\n');
}

function senders(places: readonly Place[]): string {
  const carried = places.flatMap((place) =>
    place.carried.map(({ type, sender }) => ({ place, type, sender })),
  );
  const rows = Map.groupBy(carried, ({ place, sender }) => `| \`${place.name}\` | ${sender} |`);
  const lines = [...rows].map(
    ([row, types]) => `${row} ${types.map(({ type }) => `\`${type}\``).join(', ')} |`,
  );
  return ['| place | may send | types |', '|---|---|---|', ...lines].join('\n');
}

/** The page about who may do what on the broker. */
function permissionsPage(): string {
  const places = accessMatrix(NAMESPACE);
  const parts = [
    '## Publish',
    table('to', places, ({ publish }) => publish),
    "## Read, and bind events to a queue of one's own",
    table('from', places, ({ read }) => read),
    '## Declare, empty and delete',
    table('what', places, ({ rule }) => rule),
    '## Who sends which type',
    senders(places),
  ];
  return `${[INTRODUCTION.trimEnd(), ...parts].join('\n\n')}\n`;
}

export const PERMISSIONS_PAGE: PrintedPage = { path: 'docs/permissions.md', fresh: permissionsPage };
