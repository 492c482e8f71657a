import { accessHelp } from '../admin-client.js';
import { argumentsOf, UsageError } from '../program.js';

/** Choices of the user of `npm run ops`. */
export interface OpsOptions {
  readonly command: CommandName;
  /** Names after the command: `<service>/<id>` of dead letters, or ids of orders. */
  readonly names: readonly string[];
  readonly filter: Filter;
  readonly state: string | undefined;
  readonly reason: string | undefined;
  readonly olderThanSeconds: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly by: string | undefined;
  readonly target: string | undefined;
  readonly all: boolean;
  readonly json: boolean;
  readonly url: string | undefined;
}

/** A choice among dead letters, as the user gave it. */
export interface Filter {
  readonly service?: string;
  readonly queue?: string;
  readonly type?: string;
  readonly reason?: string;
}

export const COMMAND_NAMES = [
  'list',
  'show',
  'send',
  'drop',
  'sagas',
  'nudge',
  'redrive',
  'log',
  'console',
] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];

export const help = `Usage: npm run ops -- <command> [<options>]

Shows an admin what the shop could not do by itself, and mends it. Whatever is sent again takes effect once.

Messages that could not be handled:
  list                          those that wait
  show <service>/<id>           one with body, headers and what was wrong
  send <service>/<id> ...       back into its queue, once what failed it is mended
  send --all                    all that wait, but requests: their clients ask again, or nobody
  drop <service>/<id> ... --reason <text>
                                never; it is kept, with who dropped it and why
Sagas:
  sagas                         those without progress, with what they wait for
  nudge <order id> ...          sends again what it waits for, now
  nudge --all                   all without progress
Orders, after the database of wallet, catalog, coupon or ranking was restored to an older moment:
  redrive --since <time>        sends them all that changed since then again, undos first
Who did what:
  log                           what admins have changed or tried, newest first, a hundred at a time
The console in a browser:
  console                       a link that logs the admin in, good once, for five minutes; npx jangteo console makes
                                one for whoever has logged in by npx jangteo login

  --service <name>, --queue <name>, --type <name>, --failed-by <reason>
                    of list and send --all: only those
  --state <state>   of list: WAITING (the usual), SENT_AGAIN or DROPPED
  --older-than <n>  of sagas and nudge --all: seconds without progress (60)
  --since <time>, --until <time>
                    of redrive and log: ISO 8601, such as 2026-01-01T12:00:00Z; until now where it is left out
  --by <user id>, --target <id>
                    of log: only what that admin did, or what was done to that order, product, user, ...
  --json            prints what the API answered
${accessHelp}
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const FLAGS = {
  service: text,
  queue: text,
  type: text,
  'failed-by': text,
  state: text,
  reason: text,
  'older-than': text,
  since: text,
  until: text,
  by: text,
  target: text,
  url: text,
  all: flag,
  json: flag,
  help: { ...flag, short: 'h' },
} as const;

/** Options of each command besides --json and --url; whatever else is given would be passed over in silence. */
const TAKES: Record<CommandName, readonly string[]> = {
  list: ['service', 'queue', 'type', 'failed-by', 'state'],
  show: [],
  send: ['service', 'queue', 'type', 'failed-by', 'all'],
  drop: ['reason'],
  sagas: ['older-than'],
  nudge: ['older-than', 'all'],
  redrive: ['since', 'until'],
  log: ['by', 'target', 'since', 'until'],
  console: [],
};

const parsed = (args: readonly string[]) =>
  argumentsOf({ args: [...args], options: FLAGS, allowPositionals: true });

type Given = ReturnType<typeof parsed>['values'];

function checkNames(command: CommandName, names: readonly string[], { all, reason, since }: Given): void {
  const takesNames = command === 'show' || command === 'send' || command === 'drop' || command === 'nudge';
  if (!takesNames && names.length > 0) throw new UsageError(`${command} takes no ${names[0]}`);
  if (takesNames && names.length > 0 === all) {
    throw new UsageError(`${command} takes ids${TAKES[command].includes('all') ? ', or --all' : ''}`);
  }
  if (command === 'drop' && !reason) throw new UsageError('drop needs a --reason');
  if (command === 'redrive' && since === undefined) throw new UsageError('redrive needs --since');
}

function checkOptions(command: CommandName, given: Given): void {
  const known = [...TAKES[command], 'json', 'url'];
  const stray = Object.entries(given).find(([name, value]) => value !== false && !known.includes(name));
  if (stray !== undefined) throw new UsageError(`${command} takes no --${stray[0]}`);
  const filters = [given.service, given.queue, given.type, given['failed-by'], given['older-than']];
  const isFilter = filters.some((value) => value !== undefined);
  if ((command === 'send' || command === 'nudge') && isFilter && !given.all) {
    throw new UsageError('what is named by its id is not chosen by anything else');
  }
}

/** @returns the time as the API reads it @throws UsageError for what is no time */
function instantIn(option: 'since' | 'until', given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  // Without its zone it would be taken for the time of this machine, wherever that stands.
  const time = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(given) ? Date.parse(given) : NaN;
  if (Number.isNaN(time)) throw new UsageError(`--${option} takes a time such as 2026-01-01T12:00:00Z`);
  return new Date(time).toISOString();
}

/**
 * @returns 'help' where that is asked for
 * @throws UsageError
 */
export function readOpsOptions(args: readonly string[]): OpsOptions | 'help' {
  const { values, positionals } = parsed(args);
  const [name, ...names] = positionals;
  if (values.help || name === undefined) return 'help';
  const command = COMMAND_NAMES.find((known) => known === name);
  if (command === undefined) throw new UsageError(`there is no command "${name}"`);
  checkOptions(command, values);
  checkNames(command, names, values);
  const { service, queue, type, 'failed-by': failedBy } = values;
  return {
    command,
    names,
    filter: {
      ...(service === undefined ? {} : { service }),
      ...(queue === undefined ? {} : { queue }),
      ...(type === undefined ? {} : { type }),
      ...(failedBy === undefined ? {} : { reason: failedBy }),
    },
    state: values.state,
    reason: values.reason,
    olderThanSeconds: values['older-than'],
    since: instantIn('since', values.since),
    until: instantIn('until', values.until),
    by: values.by,
    target: values.target,
    all: values.all,
    json: values.json,
    url: values.url,
  };
}
