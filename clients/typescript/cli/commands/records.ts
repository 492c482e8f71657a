import { ROUTES, type Operations, type OrderRecord } from '../../src/index.js';
import { PERIOD, UsageError, type Command, type Given, type Report } from '../command.js';
import { detailsOf, harmless, tableOf, uniform, type Row } from '../table.js';
import { first, listing, queryOf, watching } from './kinds.js';
import { SALES } from './sales.js';

const LOOK_EVERY_MS = 1_000;

function recordReport(record: OrderRecord): Report {
  const { sequence, type, orderId, totalPrice, occurredAt } = record;
  const words = [
    String(sequence).padStart(8),
    occurredAt,
    type.padEnd(15),
    orderId,
    String(totalPrice).padStart(10),
  ];
  return { json: record, text: words.join('  ') };
}

/** `name=value` words: those that the path names, and the query's. */
function argumentsIn(words: readonly string[], template: string) {
  const path: Record<string, string> = {};
  const query: Record<string, string> = {};
  for (const word of words) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`${word} is no <name>=<value>`);
    (template.includes(`{${name}}`) ? path : query)[name] = value;
  }
  const missing = [...template.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => name as string)
    .filter((name) => !path[name]);
  if (missing.length > 0) throw new UsageError(`${missing.join(', ')} is missing: ${missing[0]}=<value>`);
  return { path, query };
}

function bodyIn({ fields: { body } }: Given): object {
  if (body === undefined) return {};
  try {
    return { body: JSON.parse(String(body)) as unknown };
  } catch {
    throw new UsageError('--body takes JSON');
  }
}

/** Whatever was answered: a list as a table, a thing with all that is known of it. */
function anyText(answer: unknown): string {
  if (answer === undefined) return 'Done';
  if (Array.isArray(answer)) return tableOf(uniform(answer as Row[]));
  return typeof answer === 'object' && answer !== null ? detailsOf(answer) : harmless(JSON.stringify(answer));
}

export const RECORDS: readonly Command[] = [
  listing({
    name: 'log',
    about: 'Lists what staff have changed or tried, newest first.',
    options: {
      by: { value: '<user id>', field: 'actorId', about: 'whose doing' },
      target: { value: '<id>', about: 'what it was done to' },
      ...PERIOD,
    },
    nothing: 'There is nothing.',
    list: (shop, given) => shop.admin.log(queryOf<'listAdminLog'>(given)),
    row: ({ at, actorId, action, targetType, target, result, code }) => ({
      at,
      by: actorId,
      action,
      target: target === undefined ? undefined : `${targetType} ${target}`,
      result: code ?? result,
    }),
  }),
  {
    name: 'events',
    about: 'Shows the numbered records of completed and cancelled orders, oldest first.',
    options: {
      after: { value: '<n>', kind: 'number', about: 'those after this number' },
      follow: { about: 'goes on with new ones, until Ctrl-C' },
    },
    run: async function* (shop, { fields: { after, follow } }) {
      const from = after === undefined ? {} : { after: Number(after) };
      const going = follow === true ? { everyMs: LOOK_EVERY_MS } : {};
      for await (const record of shop.events.follow({ ...from, ...going })) yield recordReport(record);
    },
  },
  SALES,
  watching({
    name: 'live',
    about: 'Shows once a second how the whole shop is, until Ctrl-C.',
    watch: (shop) => shop.admin.live(),
  }),
  {
    name: 'call',
    about: "Calls any operation by its operationId in the API's document, such as readProduct productId=…",
    names: '<operation> [name=value] ...',
    options: { body: { value: '<json>', about: 'what is sent' } },
    run: async (shop, given) => {
      const id = first(given);
      if (!Object.hasOwn(ROUTES, id)) throw new UsageError(`There is no operation ${id}`);
      const operation = id as keyof Operations;
      const { path, query } = argumentsIn(given.names.slice(1), ROUTES[operation].path);
      const answer: unknown = await shop.call(operation, { path, query, ...bodyIn(given) } as never);
      return { json: answer ?? null, text: anyText(answer) };
    },
  },
];
