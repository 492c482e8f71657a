import { types } from 'node:util';
import { BusyFailure, TransientFailure } from '@jangteo/contracts';

/** SQLSTATE classes of a server that is away or cannot work now; PostgreSQL documentation, appendix A. */
const AWAY_CLASSES = new Set([
  '08', // connection exceptions
  '53', // insufficient resources
  '57', // operator intervention: shutdown, not started yet
  '58', // system errors of the server
]);
/** Errors that an operator has to mend, and will: no message is to blame for them. */
const AWAY_CODES = new Set([
  '42501', // insufficient_privilege: granted to the user who works here by the migrations
]);
/** Somebody else holds what was asked for, or it takes too long: others may get through. */
const BUSY_CODES = new Set([
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '55P03', // lock_not_available
  '57014', // query_canceled: statement_timeout
]);
/** Two transactions met: the same work done again at once succeeds. */
const CONFLICT_CODES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
]);

/** A statement met another transaction's; the whole transaction may be run again at once. */
export class TransactionConflict extends BusyFailure {}

/** The code of a server's or system's error. */
function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Recognises SQLSTATE 23505: a row with this key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return types.isNativeError(error) && codeOf(error) === '23505';
}

/** Recognises a lock that was not given: the wait was too long, or others wait for this one's locks. */
export function isLockLost(error: unknown): boolean {
  return types.isNativeError(error) && ['55P03', '40P01'].includes(codeOf(error) ?? '');
}

/** Recognises SQLSTATE 25P02: the statement failed only because one before it in the transaction had. */
export function isAftermath(error: unknown): boolean {
  return types.isNativeError(error) && codeOf(error) === '25P02';
}

/**
 * Tells what passes from bugs. Only for what the driver itself says of a connection or a statement: of what our
 * own work throws nothing can be guessed.
 *
 * @returns a TransientFailure where the server is away, a BusyFailure where somebody else is in the way, each with
 *          the error as its cause; else the error itself
 */
export function classified(error: Error): Error {
  const code = codeOf(error);
  // The driver's own errors (socket closed, connect timeout) have no code.
  if (code === undefined) return new TransientFailure(`database: ${error.message}`, { cause: error });
  // Of these kinds no sentence of the server has values of rows in it.
  const told = `database: ${error.message} (${code})`;
  if (CONFLICT_CODES.has(code)) return new TransactionConflict(told, { cause: error });
  if (BUSY_CODES.has(code)) return new BusyFailure(told, { cause: error });
  // Every SQLSTATE has a digit; EPIPE and its like have none.
  const isSystemError = !/\d/.test(code);
  if (isSystemError || AWAY_CODES.has(code) || AWAY_CLASSES.has(code.slice(0, 2))) {
    return new TransientFailure(told, { cause: error });
  }
  return error;
}
