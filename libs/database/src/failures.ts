import { TransientFailure } from '@jangteo/messaging';

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

function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Tells failures that pass from bugs.
 *
 * @param error what the driver threw
 * @returns a TransientFailure with the error as its cause where waiting helps, else the error itself
 */
export function classified(error: unknown): unknown {
  if (error instanceof TransientFailure) return error;
  const code = sqlState(error);
  if (code === undefined) {
    // The driver's own errors (socket closed, connect timeout) carry no SQLSTATE; a bug is a TypeError or such.
    const isDriverError = error instanceof Error && error.constructor === Error;
    return isDriverError ? new TransientFailure(error.message, { cause: error }) : error;
  }
  if (CONFLICT_CODES.has(code)) return new TransactionConflict(code, { cause: error });
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  const passes = isSqlState ? PASSING_CLASSES.has(code.slice(0, 2)) || PASSING_CODES.has(code) : true;
  // What is no SQLSTATE is a system error such as ECONNREFUSED.
  return passes ? new TransientFailure(`database: ${code}`, { cause: error }) : error;
}
