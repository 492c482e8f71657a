import { setTimeout as pause } from 'node:timers/promises';
import type {
  AuditReport,
  DeadLetter,
  DeadLetterGroup,
  Jangteo,
  OrdersToRedrive,
  RedrivenOrders,
  ServiceName,
  StuckSaga,
} from '../../src/index.js';
import { prove } from '../audit-proof.js';
import { auditTable } from '../audit-table.js';
import { UsageError, type Command, type Given, type Options, type Report } from '../command.js';
import { detailsOf, tableOf, type Row } from '../table.js';
import { bodyOf, first, listing, queryOf, showing } from './kinds.js';

const OF_SERVICE: Options = { service: { value: '<name>', about: 'those of one service' } };

const LETTERS: Options = {
  ...OF_SERVICE,
  queue: { value: '<name>', about: 'those of one queue' },
  type: { value: '<name>', about: 'those of one type' },
  reason: { value: '<word>', about: 'those that failed so' },
};

/** By name, so that the compiler misses none. */
const HAS_LETTERS: Record<ServiceName, true> = {
  wallet: true,
  catalog: true,
  coupon: true,
  order: true,
  ranking: true,
};
const SERVICES = Object.keys(HAS_LETTERS) as ServiceName[];

function letterRow({ service, deadLetterId, type, reason, parkedAt, sendable, ...letter }: DeadLetter): Row {
  return {
    letter: `${service}/${deadLetterId}`,
    'parked at': parkedAt,
    type,
    reason,
    note: [letter.earlierId && 'again', !sendable && 'nobody waits'].filter(Boolean).join(', '),
    order: letter.correlationId,
  };
}

function groupRow({ service, type, reason, count, first: since, last, isMuted, note }: DeadLetterGroup): Row {
  return { service, type, reason, count, first: since, last, muted: isMuted ? 'muted' : '', note };
}

/** @throws UsageError for what cannot be the name of a dead letter */
function letterOf(name: string): readonly [ServiceName, string] {
  const [service, id, ...rest] = name.split('/');
  const known = SERVICES.find((one) => one === service);
  if (known === undefined || !id || rest.length > 0) {
    throw new UsageError(`${name} is no <service>/<id>, as dead-letters list shows them`);
  }
  return [known, id];
}

async function forEachLetter<T>(
  { names }: Given,
  work: (service: ServiceName, id: string) => Promise<T>,
): Promise<T[]> {
  const letters = names.map(letterOf);
  const done: T[] = [];
  for (const [service, id] of letters) done.push(await work(service, id));
  return done;
}

/** In rounds, each of what waited when the first one began: what fails again waits for the next time. */
async function sendAllOf(shop: Jangteo, service: ServiceName, choice: object) {
  let sent = 0;
  for (let parkedUntil: string | undefined; ;) {
    const round = await shop.admin.sendDeadLetters(service, {
      ...choice,
      ...(parkedUntil && { parkedUntil }),
    });
    sent += round.sent;
    if (round.left === 0) return { service, sent, unsendable: round.unsendable };
    ({ parkedUntil } = round);
  }
}

async function sendAll(shop: Jangteo, { fields }: Given): Promise<Report> {
  const { all: _, service, ...choice } = fields;
  const done = [];
  for (const one of SERVICES.filter((name) => service === undefined || name === service)) {
    done.push(await sendAllOf(shop, one, choice));
  }
  const sent = done.reduce((sum, one) => sum + one.sent, 0);
  const unsendable = done.reduce((sum, one) => sum + one.unsendable, 0);
  const left =
    unsendable === 0
      ? ''
      : `; ${unsendable} are requests that nobody waits for: they are not sent, drop them`;
  return { json: done, text: `${sent} sent again${left}` };
}

/** Either names, or `--all` with what they are chosen by. */
function oneOrAll({ names, fields }: Given): 'all' | 'named' {
  const isAll = fields.all === true;
  if (isAll === names.length > 0) throw new UsageError('Name some, or give --all');
  if (!isAll && Object.keys(fields).length > 0) throw new UsageError('What is named is not chosen otherwise');
  return isAll ? 'all' : 'named';
}

const DEAD_LETTERS: readonly Command[] = [
  listing({
    name: 'dead-letters list',
    about: 'Lists messages that could not be handled, newest first.',
    options: { ...LETTERS, state: { value: '<state>', about: 'WAITING (the usual), SENT_AGAIN or DROPPED' } },
    list: (shop, given) => shop.admin.deadLetters(queryOf<'listDeadLetters'>(given)),
    row: letterRow,
  }),
  {
    name: 'dead-letters groups',
    about: 'Counts messages that wait, by type and reason.',
    options: OF_SERVICE,
    run: async (shop, given) => {
      const groups = await shop.admin.deadLetterGroups(queryOf<'listDeadLetterGroups'>(given));
      return { json: groups, text: tableOf(groups.map(groupRow)) };
    },
  },
  {
    name: 'dead-letters show',
    about: 'Shows dead letters with body, headers and what was wrong.',
    names: '<service/id> ...',
    run: async (shop, given) => {
      const letters = await forEachLetter(given, (service, id) => shop.admin.deadLetter(service, id));
      return { json: letters, text: letters.map(detailsOf).join('\n\n') };
    },
  },
  {
    name: 'dead-letters send',
    about: 'Sends dead letters back into their queue, once what failed them is mended. It takes effect once.',
    names: '[service/id] ...',
    options: {
      ...LETTERS,
      all: { about: 'all that wait, but requests: their clients ask again, or nobody' },
    },
    run: async (shop, given) => {
      if (oneOrAll(given) === 'all') return await sendAll(shop, given);
      const letters = await forEachLetter(given, (service, id) => shop.admin.sendDeadLetter(service, id));
      return { json: letters, text: `${letters.length} sent again` };
    },
  },
  {
    name: 'dead-letters drop',
    about: 'Never sends them; they are kept, with who dropped them and why.',
    names: '<service/id> ...',
    options: { reason: { value: '<text>', about: 'why', isRequired: true } },
    run: async (shop, given) => {
      const reason = String(given.fields.reason);
      const letters = await forEachLetter(given, (service, id) =>
        shop.admin.dropDeadLetter(service, id, reason),
      );
      return { json: letters, text: `${letters.length} dropped` };
    },
  },
];

const OLDER: Options = {
  'older-than': {
    value: '<seconds>',
    kind: 'number',
    field: 'olderThanSeconds',
    about: 'without progress for so long (60)',
  },
};

function sagaRow({ orderId, state, since, awaits, owedEvents, ...saga }: StuckSaga): Row {
  return {
    order: orderId,
    state,
    since,
    'waits for': [...awaits, ...owedEvents],
    attempts: saga.attempts,
    'next look': saga.lookAgainAt,
    why: saga.failureCode,
  };
}

async function nudgeAll(shop: Jangteo, { fields }: Given): Promise<Report> {
  const { all: _, ...choice } = fields;
  let nudged = 0;
  for (let cursor: string | undefined; ;) {
    const round = await shop.admin.nudgeSagas({ ...choice, ...(cursor === undefined ? {} : { cursor }) });
    nudged += round.nudged;
    cursor = round.next;
    if (cursor === undefined) return { json: { nudged }, text: `${nudged} nudged` };
  }
}

const SAGAS: readonly Command[] = [
  listing({
    name: 'sagas list',
    about: 'Lists sagas without progress, with what they wait for.',
    options: OLDER,
    nothing: 'All sagas make progress.',
    list: (shop, given) => shop.admin.sagas(queryOf<'listStuckSagas'>(given)),
    row: sagaRow,
  }),
  {
    name: 'sagas nudge',
    about: 'Sends again what sagas wait for, now.',
    names: '[order id] ...',
    options: { ...OLDER, all: { about: 'all without progress' } },
    run: async (shop, given) => {
      if (oneOrAll(given) === 'all') return await nudgeAll(shop, given);
      const sagas: StuckSaga[] = [];
      for (const orderId of given.names) sagas.push(await shop.admin.nudgeSaga(orderId));
      return { json: sagas, text: `${sagas.length} nudged` };
    },
  },
];

const ASK_AGAIN_MS = 200;
const TELL_EVERY_MS = 2_000;

const counted = (count: number): string => count.toLocaleString('en');

/** Says how far it is: on the side, so that the output is the result alone. */
function tell(text: string): void {
  console.error(text);
}

/** Says it now and then. */
function teller(): (text: string) => void {
  let lastMs = performance.now();
  return (text) => {
    if (performance.now() - lastMs < TELL_EVERY_MS) return;
    lastMs = performance.now();
    tell(text);
  };
}

function redriveText(redrive: Omit<RedrivenOrders, 'next'>): string {
  const { redriven, moving, refused, refusals, unanswered, unansweredCommands = [] } = redrive;
  return [
    `redriven ${counted(redriven)} orders`,
    ...(moving > 0 ? [`${counted(moving)} had not ended when this began: run it again when they have`] : []),
    ...(refused > 0
      ? [
          `${counted(refused)} commands were refused, among them:`,
          tableOf(refusals.map((one) => ({ ...one }))),
        ]
      : []),
    ...(unanswered > 0
      ? [
          `${counted(unanswered)} commands were not answered (see dead letters), among them:`,
          tableOf(unansweredCommands.map((one) => ({ ...one }))),
        ]
      : []),
  ].join('\n');
}

const REDRIVE: Command = {
  name: 'redrive',
  about:
    'Sends orders that changed since then again to services whose database was restored to an older moment.',
  options: {
    since: { value: '<time>', kind: 'time', about: 'such as 2026-01-01T12:00:00Z', isRequired: true },
    until: { value: '<time>', kind: 'time', about: 'now where it is left out' },
  },
  run: async (shop, given) => {
    const choice = bodyOf<OrdersToRedrive>(given);
    const tellNowAndThen = teller();
    let [redriven, moving] = [0, 0];
    for (let cursor: string | undefined; ;) {
      const { next, ...page } = await shop.admin.redrive({ ...choice, ...(cursor && { cursor }) });
      redriven += page.redriven;
      moving += page.moving;
      const all = { ...page, redriven, moving };
      if (next === undefined) {
        const isWrong = page.refused + page.unanswered > 0;
        return { json: all, text: redriveText(all), ...(isWrong && { verdict: 'wrong' }) };
      }
      cursor = next;
      const open = page.unanswered > 0 ? `; ${counted(page.unanswered)} commands are not answered yet` : '';
      tellNowAndThen(`redriven ${counted(redriven)} orders${open}`);
      if (page.unanswered > 0) await pause(ASK_AGAIN_MS);
    }
  },
};

function verdictOf({ isSound, checks }: AuditReport): Report['verdict'] {
  if (isSound) return undefined;
  return checks.some(({ findings }) => findings > 0) ? 'wrong' : 'unknown';
}

async function audited(shop: Jangteo, isProved: boolean): Promise<Report> {
  const differences = isProved ? await prove(shop, SERVICES, tell) : 0;
  // It is a lot of work, and whoever asks sees that it was not done.
  const report = await shop.admin.audit({ retry: false });
  return {
    json: report,
    text: auditTable(report),
    verdict: differences > 0 ? 'wrong' : verdictOf(report),
  };
}

/** One report after the other, for as long as somebody watches. */
async function* watched(shop: Jangteo, isProved: boolean, everyMs: number): AsyncGenerator<Report> {
  for (;;) {
    yield await audited(shop, isProved);
    await pause(everyMs);
  }
}

const AUDIT: Command = {
  name: 'audit',
  about: 'Compares the books of all services while orders go on.',
  options: {
    'from-nothing': {
      about:
        'before that, counts all rows again of which sums are kept, and says where these differ: for after a restore, a change by hand, or once a month',
    },
    watch: {
      value: '<seconds>',
      kind: 'number',
      least: 1,
      most: 86_400,
      about: 'again every so many seconds, until Ctrl-C',
    },
  },
  run: (shop, { fields: { watch, 'from-nothing': fromNothing } }) =>
    watch === undefined
      ? audited(shop, fromNothing === true)
      : watched(shop, fromNothing === true, Number(watch) * 1_000),
};

const AUDITS = listing({
  name: 'audits',
  about: 'Lists what the latest audits found, newest first.',
  list: (shop, given) => shop.admin.audits(queryOf<'listAudits'>(given)),
  row: ({ auditId, checkedAt, state, findings, unknown, unanswered, tookMs }) => ({
    audit: auditId,
    'checked at': checkedAt,
    state,
    findings,
    unknown,
    'no answer of': unanswered,
    'took ms': tookMs,
  }),
});

const OPERATION = showing({
  name: 'operations show',
  about: 'Shows what became of dead letters that were sent, or of sagas that were nudged, by one call.',
  names: '<operation id>',
  read: (shop, given) => shop.admin.operation(first(given)),
});

export const REPAIRS: readonly Command[] = [...DEAD_LETTERS, ...SAGAS, OPERATION, REDRIVE, AUDIT, AUDITS];
