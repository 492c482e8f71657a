import { SERVICES, type DeadLetter, type DeadLetterWithBody, type StuckSaga } from '@jangteo/contracts';
import type { AdminClient } from '../admin-client.js';
import { GOOD_FOR } from '../console-link.js';
import { UsageError } from '../program.js';
import type { CommandName, OpsOptions } from './options.js';
import type { Report } from './report.js';
import { redrive } from './redrive.js';
import { deadLetterLine, logLine, shownLetter, sagaLine, tableOf, type AdminLogEntry } from './texts.js';

type Command = (client: AdminClient, options: OpsOptions) => Promise<Report>;

const PAGE = 100;

function query(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new URLSearchParams(given).toString();
}

/** All pages of a list. */
async function allOf<T>(client: AdminClient, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const page: { body: T[]; next: string | undefined } = await client.send<T[]>('GET', next);
    items.push(...page.body);
    ({ next } = page);
  }
  return items;
}

/** @throws UsageError for what cannot be the name of a dead letter */
function letterPath(name: string): string {
  const [service, deadLetterId, ...rest] = name.split('/');
  const isService = SERVICES.some((known) => known === service);
  if (!isService || !deadLetterId || rest.length > 0) {
    throw new UsageError(`${name} is no <service>/<id>, as list shows them`);
  }
  return `/admin/dead-letters/${service}/${encodeURIComponent(deadLetterId)}`;
}

async function list(client: AdminClient, { filter, state }: OpsOptions): Promise<Report> {
  const path = `/admin/dead-letters?${query({ ...filter, state, limit: String(PAGE) })}`;
  const letters = await allOf<DeadLetter>(client, path);
  const text = letters.length === 0 ? 'There are none.' : tableOf(letters.map(deadLetterLine));
  return { json: letters, text };
}

async function show(client: AdminClient, { names }: OpsOptions): Promise<Report> {
  const paths = names.map(letterPath);
  const letters: DeadLetterWithBody[] = [];
  for (const path of paths) letters.push(await client.get<DeadLetterWithBody>(path));
  return { json: letters, text: letters.map(shownLetter).join('\n\n') };
}

interface SentAll {
  readonly service: string;
  readonly sent: number;
  readonly unsendable: number;
}

/** In rounds, each of what waited when the first one began: what fails again waits for the next time. */
async function sendAllOf(client: AdminClient, service: string, filter: object): Promise<SentAll> {
  let sent = 0;
  for (let parkedUntil: string | undefined; ;) {
    const round: { sent: number; left: number; unsendable: number; parkedUntil: string } = await client.post(
      `/admin/dead-letters/${encodeURIComponent(service)}/send`,
      { ...filter, ...(parkedUntil === undefined ? {} : { parkedUntil }) },
    );
    sent += round.sent;
    if (round.left === 0) return { service, sent, unsendable: round.unsendable };
    ({ parkedUntil } = round);
  }
}

async function sendAll(client: AdminClient, { filter }: OpsOptions): Promise<Report> {
  const { service, ...rest } = filter;
  const done: SentAll[] = [];
  for (const name of service === undefined ? SERVICES : [service]) {
    done.push(await sendAllOf(client, name, rest));
  }
  const sent = done.reduce((sum, one) => sum + one.sent, 0);
  const unsendable = done.reduce((sum, one) => sum + one.unsendable, 0);
  const left =
    unsendable === 0
      ? ''
      : `; ${unsendable} are requests that nobody waits for: they are not sent, drop them`;
  return { json: done, text: `${sent} sent again${left}` };
}

async function send(client: AdminClient, options: OpsOptions): Promise<Report> {
  if (options.all) return await sendAll(client, options);
  const letters: DeadLetter[] = [];
  for (const path of options.names.map(letterPath)) {
    letters.push(await client.post<DeadLetter>(`${path}/send`, {}));
  }
  return { json: letters, text: `${letters.length} sent again` };
}

async function drop(client: AdminClient, { names, reason }: OpsOptions): Promise<Report> {
  const letters: DeadLetter[] = [];
  for (const path of names.map(letterPath)) {
    letters.push(await client.post<DeadLetter>(`${path}/drop`, { reason }));
  }
  return { json: letters, text: `${letters.length} dropped` };
}

async function sagas(client: AdminClient, { olderThanSeconds }: OpsOptions): Promise<Report> {
  const path = `/admin/sagas?${query({ olderThanSeconds, limit: String(PAGE) })}`;
  const found = await allOf<StuckSaga>(client, path);
  const text = found.length === 0 ? 'All sagas make progress.' : tableOf(found.map(sagaLine));
  return { json: found, text };
}

async function nudgeAll(client: AdminClient, olderThanSeconds: string | undefined): Promise<Report> {
  const body = olderThanSeconds === undefined ? {} : { olderThanSeconds: Number(olderThanSeconds) };
  let nudged = 0;
  for (let cursor: string | undefined; ;) {
    const page: { nudged: number; next?: string } = await client.post('/admin/sagas/nudge', {
      ...body,
      ...(cursor === undefined ? {} : { cursor }),
    });
    nudged += page.nudged;
    cursor = page.next;
    if (cursor === undefined) return { json: { nudged }, text: `${nudged} nudged` };
  }
}

async function nudge(client: AdminClient, { all, names, olderThanSeconds }: OpsOptions): Promise<Report> {
  if (all) return await nudgeAll(client, olderThanSeconds);
  const found: StuckSaga[] = [];
  for (const orderId of names) {
    found.push(await client.post<StuckSaga>(`/admin/sagas/${encodeURIComponent(orderId)}/nudge`, {}));
  }
  return { json: found, text: `${found.length} nudged` };
}

/** The newest hundred: there may be years of it. */
async function log(client: AdminClient, { by, target, since, until }: OpsOptions): Promise<Report> {
  const asked = { actorId: by, target, from: since, to: until, limit: String(PAGE) };
  const { body, next } = await client.send<AdminLogEntry[]>('GET', `/admin/log?${query(asked)}`);
  const oldest = body.at(-1);
  if (oldest === undefined) return { json: body, text: 'There is nothing.' };
  const more = next === undefined ? '' : `\nOlder ones: --until ${oldest.at}`;
  return { json: body, text: `${tableOf(body.map(logLine))}${more}` };
}

/** As `jangteo console` does it for whoever is logged in there. */
async function consoleLink({ shop }: AdminClient): Promise<Report> {
  const { address, expiresAt } = await shop.auth.consoleLink();
  return { json: { address, expiresAt }, text: `${address}\n${GOOD_FOR}, until ${expiresAt}` };
}

export const COMMANDS: Record<CommandName, Command> = {
  list,
  show,
  send,
  drop,
  sagas,
  nudge,
  redrive,
  log,
  console: consoleLink,
};
