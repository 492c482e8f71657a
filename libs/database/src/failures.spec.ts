import { describe, expect, it } from '@jest/globals';
import { BusyFailure, TransientFailure } from '@jangteo/contracts';
import { classified, TransactionConflict } from './failures.js';

const said = (message: string, code?: string): Error => Object.assign(new Error(message), { code });

describe('what the driver says of a statement', () => {
  it.each([
    ['No space left on device', '53100', TransientFailure],
    ['permission denied for table orders', '42501', TransientFailure],
    ['write EPIPE', 'EPIPE', TransientFailure],
    ['canceling statement due to lock timeout', '55P03', BusyFailure],
    ['deadlock detected', '40P01', TransactionConflict],
  ])('is told on with its code: %s (%s)', (message, code, Kind) => {
    const error = said(message, code);
    const failure = classified(error);
    expect(failure.constructor).toBe(Kind);
    expect(failure).toMatchObject({ message: `database: ${message} (${code})`, cause: error });
  });

  it('is told on where there is no code', () => {
    const failure = classified(said('Connection terminated'));
    expect(failure).toBeInstanceOf(TransientFailure);
    expect(failure.message).toBe('database: Connection terminated');
  });

  it('stays what it is where it is a bug', () => {
    const error = said('duplicate key', '23505');
    expect(classified(error)).toBe(error);
  });
});
