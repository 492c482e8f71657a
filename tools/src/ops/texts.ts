import type { DeadLetter, DeadLetterWithBody, RefusedRedrive, StuckSaga } from '@jangteo/contracts';

/** By column; all lines have the same. */
type Line = Readonly<Record<string, string>>;

const CELL_LENGTH_MAX = 60;

/** Replaces control characters: text that others wrote must not reach the terminal as its commands. */
function harmless(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}

function cell(text: string): string {
  const safe = harmless(text);
  return safe.length > CELL_LENGTH_MAX ? `${safe.slice(0, CELL_LENGTH_MAX - 1)}…` : safe;
}

/** Lines under their headings, in columns. */
export function tableOf(lines: readonly Line[]): string {
  const columns = Object.keys(lines[0] ?? {});
  const rows = [columns, ...lines.map((line) => columns.map((column) => cell(line[column] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function deadLetterLine(letter: DeadLetter): Line {
  const { service, deadLetterId, type, reason, parkedAt, correlationId = '', earlierId, sendable } = letter;
  const again = earlierId === undefined ? '' : ', again';
  return {
    'service/id': `${service}/${deadLetterId}`,
    'parked at': parkedAt,
    type,
    reason: `${reason}${again}${sendable ? '' : ', nobody waits'}`,
    order: correlationId,
  };
}

export function sagaLine({ orderId, state, since, awaits, owedEvents, ...saga }: StuckSaga): Line {
  return {
    order: orderId,
    state,
    since,
    'waits for': [...awaits, ...owedEvents].join(', '),
    attempts: String(saga.attempts),
    'next look': saga.lookAgainAt,
    refusal: saga.failureCode ?? '',
  };
}

export function refusalLine({ orderId, command, failureCode, failureDetail = '' }: RefusedRedrive): Line {
  return { order: orderId, command, refusal: failureCode, detail: failureDetail };
}

/** As much of an entry of the admin log as a line shows. */
export interface AdminLogEntry {
  readonly at: string;
  readonly actorId: string;
  readonly action: string;
  readonly targetType?: string;
  readonly target?: string;
  readonly userId?: string;
  readonly result: string;
  readonly code?: string;
}

export function logLine({ at, actorId, action, targetType, target, userId, ...entry }: AdminLogEntry): Line {
  return {
    at,
    by: actorId,
    action,
    target: target === undefined ? '' : `${targetType} ${target}`,
    user: userId ?? '',
    result: entry.code ?? entry.result,
  };
}

/** All that is known of a dead letter. */
export function shownLetter({ body, detail, properties, ...letter }: DeadLetterWithBody): string {
  const { service, deadLetterId, ...rest } = letter;
  const facts = Object.entries(rest).map(
    ([name, value]) => `  ${name.padEnd(14)} ${harmless(String(value))}`,
  );
  const told = detail.split('\n').map((line) => `    ${harmless(line)}`);
  return [
    `${service}/${deadLetterId}`,
    ...facts,
    '  detail',
    ...told,
    `  properties     ${harmless(JSON.stringify(properties))}`,
    `  body           ${harmless(body)}`,
  ].join('\n');
}
