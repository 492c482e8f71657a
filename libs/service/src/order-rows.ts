import {
  done,
  orderRows,
  SAGA_STEPS,
  stepKey,
  type CommandContract,
  type DecidedCommand,
  type Participant,
  type Refusal,
  type WrittenRow,
} from '@jangteo/contracts';
import { readOutcomes, type Database, type KeptOutcome } from '@jangteo/database';
import type { Handler } from '@jangteo/messaging';
import { deadLettersOf } from './dead-letters/dead-letters-of-orders.js';
import { read } from './once.js';

/** A row that a service has written for an order. */
export type RowOfOrder = WrittenRow & { readonly orderId: string };

const COMMANDS: readonly CommandContract[] = SAGA_STEPS.flatMap(({ action, undo }) => [action, undo]);

/** Parts of values that are told; the rest of them is in the rows. */
const TOLD = ['subtotal', 'discount', 'balanceAfter'] as const;

function decidedOf({ type: command }: CommandContract, kept: KeptOutcome): DecidedCommand {
  const { key, outcome, createdAt } = kept;
  const decided = { command, key, decidedAt: createdAt.toISOString() };
  if (!outcome.ok) {
    const { code, detail }: Refusal = outcome.refusal;
    return { ...decided, code, ...(detail === undefined ? {} : { detail }) };
  }
  const value = outcome.value as Partial<Record<string, number>>;
  const told = TOLD.filter((name) => value[name] !== undefined).map((name) => [name, value[name]]);
  return { ...decided, ...(Object.fromEntries(told) as Partial<DecidedCommand>) };
}

/**
 * Answers what a service has stored of orders: its decisions, the messages that it could not handle, and its rows.
 *
 * @param readRows reads the rows of these orders, those of each in their order
 */
export function orderRowsHandler(
  service: Participant,
  readRows: (database: Database, orderIds: readonly string[]) => Promise<RowOfOrder[]>,
): Handler {
  const commands = COMMANDS.filter((command) => command.service === service);
  return read(orderRows[service], async (payloads, database) => {
    const ids = [...new Set(payloads.map(({ orderId }) => orderId))];
    const keys = ids.flatMap((orderId) => commands.map((command) => stepKey(orderId, command)));
    const [kept, rows, deadLetters] = await Promise.all([
      keys.length === 0 ? [] : readOutcomes(database, keys),
      readRows(database, ids),
      deadLettersOf(database, ids),
    ]);
    const keptUnder = new Map(kept.map((outcome) => [outcome.key, outcome]));
    return payloads.map(({ orderId }) =>
      done({
        decided: commands.flatMap((command) => {
          const outcome = keptUnder.get(stepKey(orderId, command));
          return outcome === undefined ? [] : [decidedOf(command, outcome)];
        }),
        rows: rows.filter((row) => row.orderId === orderId).map(({ orderId: _, ...row }) => row),
        deadLetters: deadLetters.get(orderId) ?? [],
      }),
    );
  });
}
