import { types } from 'node:util';
import { TransientFailure } from '@jangteo/contracts';

/** SQLSTATE classes and codes that pass by themselves; PostgreSQL documentation, appendix A. */
const PASSING_CLASSES = new Set([
  '08', // connection exceptions
  '53', // insufficient resources
  '57', // operator intervention: shutdown, cancelled statement
  '58', // system errors of the server
]);
const PASSING_CODES = new Set([
  '25P03', // idle_in_transaction_session_timeout
  '55P03', // lock_not_available
]);
/** Two transactions met: the same work done again at once succeeds. */
const CONFLICT_CODES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
]);

/** A statement met another transaction's; the whole transaction may be run again at once. */
export class TransactionConflict extends TransientFailure {}

/** The code of a server's or system's error. */
function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a row with this key is there already (SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  return types.isNativeError(error) && codeOf(error) === '23505';
}

/** Whether a statement failed only because one before it in the transaction had (SQLSTATE 25P02). */
export function isAftermath(error: unknown): boolean {
  return types.isNativeError(error) && codeOf(error) === '25P02';
}

/**
 * Tells failures that pass from bugs.
 *
 * @param error what the driver threw
 * @returns a TransientFailure with the error as its cause where waiting helps, else the error itself
 */
export function classified(error: unknown): unknown {
  if (error instanceof TransientFailure || !types.isNativeError(error)) return error;
  const code = codeOf(error);
  if (code === undefined) {
    // The driver's own errors (socket closed, connect timeout) have no code; a bug is a TypeError or such.
    return error.name === 'Error' ? new TransientFailure(error.message, { cause: error }) : error;
  }
  if (CONFLICT_CODES.has(code)) return new TransactionConflict(`database: ${code}`, { cause: error });
  // Every SQLSTATE has a digit; EPIPE and its like have none.
  const isSystemError = !/\d/.test(code);
  const passes = isSystemError || PASSING_CLASSES.has(code.slice(0, 2)) || PASSING_CODES.has(code);
  return passes ? new TransientFailure(`database: ${code}`, { cause: error }) : error;
}
