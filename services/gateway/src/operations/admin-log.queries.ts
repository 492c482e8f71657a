import { LAST_ID, type Pasted } from '@jangteo/contracts';
import { firstOf, runAll, table, type Statements } from '@jangteo/database';
import type { AdminResult, Ending, Subject } from '../domain/admin-entry.js';
import { SENDING_ACTIONS, type LoggedSending } from '../domain/staff-operation.js';
import { AdminLogEntity } from './operations.entities.js';

const adminLog = table(AdminLogEntity);

/** An entry as it is known when an action begins. */
export interface BegunEntry extends Subject {
  readonly entryId: string;
  readonly actorId: string;
  readonly actorRole: string;
  /** Of the API key by which it is done, if it is. */
  readonly keyId: string | undefined;
  readonly action: string;
  /** JSON, as what was there before and after. */
  readonly asked: string | undefined;
  readonly requestId: string;
  readonly network: string;
}

export interface AdminLogRow {
  readonly entryId: string;
  readonly at: Date;
  readonly endedAt: Date | null;
  readonly actorId: string;
  readonly actorRole: string;
  readonly action: string;
  readonly targetType: string | null;
  readonly target: string | null;
  readonly userId: string | null;
  readonly asked: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly result: AdminResult;
  readonly status: number | null;
  readonly code: string | null;
  readonly requestId: string;
  readonly network: string;
  readonly keyId: string | null;
  /** The number found for the page: more than are on it when the list goes on. */
  readonly found: number;
}

export interface AdminLogPage {
  readonly actorId?: string | undefined;
  /** An id of anything, that of the user in whose name it was done too. */
  readonly target?: string | undefined;
  /** From this instant on. */
  readonly from?: string | undefined;
  /** Before this instant. */
  readonly to?: string | undefined;
  /** The place of the last entry of the page before. */
  readonly before?: { readonly at: string; readonly entryId: string };
  readonly limit: number;
}

const begin = adminLog.insert({ omit: ['at', 'endedAt', 'before', 'after', 'result', 'status', 'code'] });

export async function insertEntry(on: Statements, entry: BegunEntry): Promise<void> {
  await runAll(on, begin([entry]));
}

/** Notes how an action ended, once. */
export async function endEntry(
  on: Statements,
  entryId: string,
  ending: Ending & { readonly before: string | undefined },
): Promise<void> {
  await on.rows(
    `UPDATE admin_log SET ended_at = now(), result = $2, status = $3, code = $4,
       target_type = $5, target = $6, user_id = $7, before = $8, after = $9
     WHERE entry_id = $1 AND ended_at IS NULL`,
    [
      entryId,
      ending.result,
      ending.status,
      ending.code,
      ending.targetType,
      ending.target,
      ending.userId,
      ending.before,
      ending.after,
    ],
  );
}

const COLUMNS = `${adminLog.columns({ omit: ['result'] })}, coalesce(result, 'UNKNOWN') AS result`;

/** Bytes of an entry besides what was asked, was there before and after. */
const ENTRY_BYTES = 700;

const NEWEST_FIRST = 'ORDER BY at DESC, entry_id DESC';

/** The entries of a page and one more, that meet a condition which an index leads to. */
const entriesOf = (condition: string): string => `
  SELECT * FROM admin_log
  WHERE ${condition} AND (at, entry_id) < ($1::timestamptz, $2::uuid)
    AND at >= $3::timestamptz AND at < $4::timestamptz
  ${NEWEST_FIRST} LIMIT $5 + 1`;

/** Of these the page, as far as so many bytes go but one entry at least. */
const pageOf = (entries: string): string => `
  SELECT ${COLUMNS}, found FROM (
    SELECT *, count(*) OVER () AS found, row_number() OVER so_far AS place,
      sum(${ENTRY_BYTES} + coalesce(octet_length(asked), 0) + coalesce(octet_length(before), 0)
        + coalesce(octet_length(after), 0)) OVER so_far AS bytes
    FROM (${entries} ${NEWEST_FIRST} LIMIT $5 + 1) AS entries
    WINDOW so_far AS (${NEWEST_FIRST})
  ) AS weighed
  WHERE place <= $5 AND (place = 1 OR bytes <= $6) ${NEWEST_FIRST}`;

/** Each goes by an index of its own, which is in the order of the list. */
const PAGES = {
  all: pageOf(`SELECT * FROM (${entriesOf('true')}) AS newest`),
  ofActor: pageOf(`SELECT * FROM (${entriesOf('actor_id = $7::uuid')}) AS newest`),
  ofTarget: pageOf(`
    SELECT * FROM (${entriesOf(`target = $7 AND ($8::uuid IS NULL OR actor_id = $8)`)}) AS about
    UNION ALL
    SELECT * FROM (${entriesOf(`user_id::text = $7 AND target IS DISTINCT FROM $7
      AND ($8::uuid IS NULL OR actor_id = $8)`)}) AS named`),
};

/** Above every place in the list. */
const NEWEST = { at: 'infinity', entryId: LAST_ID };

/** Reads a page, newest first. */
export async function readEntries(
  on: Statements,
  { actorId, target, from = '-infinity', to = 'infinity', before = NEWEST, limit }: AdminLogPage,
  bytesMax: number,
): Promise<AdminLogRow[]> {
  const range = [before.at, before.entryId, from, to, limit, bytesMax];
  if (target !== undefined) return await on.rows(PAGES.ofTarget, [...range, target, actorId]);
  if (actorId !== undefined) return await on.rows(PAGES.ofActor, [...range, actorId]);
  return await on.rows(PAGES.all, range);
}

/** Finds entries by their id or that of their request, `rowsMax` of them. */
export async function readNamedEntries(
  on: Statements,
  { id, text }: Pasted,
  rowsMax: number,
): Promise<Pick<AdminLogRow, 'entryId' | 'at' | 'actorId' | 'action' | 'target' | 'result'>[]> {
  return await on.rows(
    `SELECT entry_id AS "entryId", at, actor_id AS "actorId", action, target, coalesce(result, 'UNKNOWN') AS result
     FROM admin_log WHERE entry_id = ANY(ARRAY(
       SELECT $1::uuid UNION ALL (SELECT entry_id FROM admin_log WHERE request_id = $2 LIMIT $3)))`,
    [id ?? null, text, rowsMax],
  );
}

/** Reads the entry of an action by which messages were sent again. */
export async function readSending(
  on: Statements,
  entryId: string,
): Promise<(Pick<AdminLogRow, 'at' | 'actorId' | 'result'> & LoggedSending) | undefined> {
  return await firstOf<Pick<AdminLogRow, 'at' | 'actorId' | 'result'> & LoggedSending>(
    on,
    `SELECT at, actor_id AS "actorId", action, target, after, coalesce(result, 'UNKNOWN') AS result
     FROM admin_log WHERE entry_id = $1 AND action = ANY($2::text[])`,
    [entryId, SENDING_ACTIONS],
  );
}

/** By a function of the owner's: the service itself may only add to the log. For $1 and $2 see `oldestOf`. */
export const OLD_ENTRIES = 'SELECT forget_admin_log(($1::float8 / 86400)::int, $2) AS deleted';
