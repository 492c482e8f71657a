import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@jangteo/infra';
import { apiBreaks } from './api-changes.js';
import { asyncApi } from './asyncapi.js';
import { messageBreaks } from './message-changes.js';
import { recordBreaks, recordSchema, timelineBreaks, timelineSchema } from './published-schemas.js';
import { fieldsOf, isObject, type Json, type JsonObject } from './schema-comparison.js';

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const DIFFERENCES_MAX = 20;

/** A document that is made from the code, committed, and held to what it promised. */
export interface DocumentKind {
  /** Below the project's folder. */
  readonly path: string;
  fresh(): Promise<JsonObject>;
  /** Finds what those who rely on the earlier one can no longer do. */
  breaks(before: JsonObject, after: JsonObject): string[];
}

/** The gateway writes its own documents: no other program imports its routes. */
async function printedBy(name: string): Promise<unknown> {
  const program = join(projectRoot(), 'services', 'gateway', 'dist', 'src', name);
  const { stdout } = await promisify(execFile)(process.execPath, [program], { maxBuffer: OUTPUT_BYTES_MAX });
  return JSON.parse(stdout);
}

async function openApi(): Promise<JsonObject> {
  return (await printedBy('print-openapi.js')) as JsonObject;
}

/** A route of the API, and the types of the messages that it sends. */
export interface PrintedRoute {
  /** The id of its operation. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly asks: readonly string[];
}

/** Every route of the API. */
export async function printedRoutes(): Promise<PrintedRoute[]> {
  return (await printedBy('print-routes.js')) as PrintedRoute[];
}

export const DOCUMENTS: readonly DocumentKind[] = [
  { path: 'docs/openapi.json', fresh: openApi, breaks: apiBreaks },
  {
    path: 'docs/timeline.schema.json',
    fresh: async () => timelineSchema(await openApi()),
    breaks: timelineBreaks,
  },
  {
    path: 'docs/record.schema.json',
    fresh: async () => recordSchema(await openApi()),
    breaks: recordBreaks,
  },
  {
    path: 'docs/asyncapi.json',
    fresh: async () => JSON.parse(JSON.stringify(asyncApi())) as JsonObject,
    breaks: messageBreaks,
  },
];

/** The document as it was written last; `undefined` where it never was. */
export async function readDocument({ path }: DocumentKind): Promise<JsonObject | undefined> {
  const text = await readFile(join(projectRoot(), path), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
}

export async function writeDocument({ path }: DocumentKind, document: JsonObject): Promise<void> {
  const file = join(projectRoot(), path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(document, undefined, 2)}\n`);
}

function compare(before: Json | undefined, after: Json | undefined, at: string): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (before === undefined) return [`${at} is new`];
  if (after === undefined) return [`${at} is gone`];
  if (isObject(before) && isObject(after)) {
    const [had, has] = [fieldsOf(before), fieldsOf(after)];
    const names = new Set([...Object.keys(had), ...Object.keys(has)]);
    const found = [...names].flatMap((name) => compare(had[name], has[name], `${at}/${name}`));
    return found.length > 0 ? found : [`${at} is in another order`];
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => compare(item as Json, after[index] as Json, `${at}/${index}`));
  }
  return [`${at} was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`];
}

/** Places in which two documents differ, at most 20, for people to find them. */
export function differences(before: JsonObject, after: JsonObject): string[] {
  const found = compare(before, after, '');
  const more = found.length - DIFFERENCES_MAX;
  return more > 0 ? [...found.slice(0, DIFFERENCES_MAX), `and ${more} more`] : found;
}
