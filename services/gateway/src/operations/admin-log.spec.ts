import { describe, expect, it } from '@jest/globals';
import { BusyFailure, TransientFailure } from '@jangteo/contracts';
import type { Database } from '@jangteo/database';
import { AdminLog } from './admin-log.js';
import type { CallRequest } from '../http/request-context.js';
import type { LoggedIn } from '../domain/caller.js';
import { refusalOf } from '../http/problem.filter.js';

const lostSightOf = <E extends TransientFailure>(error: E): E => Object.assign(error, { mayBeDone: true });

function begun(error: Error): { beginning: Promise<void>; request: CallRequest } {
  const database = { rows: () => Promise.reject(error) } as unknown as Database;
  const request = {
    id: 'r',
    method: 'POST',
    ip: '127.0.0.1',
    params: {},
    query: {},
    body: {},
    routeOptions: { url: '/products' },
  } as unknown as CallRequest;
  const caller = { userId: 'u', role: 'admin' } as unknown as LoggedIn;
  const beginning = new AdminLog(database).begin(request, caller, () => undefined);
  return { beginning, request };
}

const caught = (beginning: Promise<void>): Promise<unknown> =>
  beginning.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('an action of an admin that cannot be written down', () => {
  it.each([
    new TransientFailure('away'),
    new BusyFailure('locked'),
    lostSightOf(new TransientFailure('lost')),
    lostSightOf(new BusyFailure('late')),
  ])('is refused, and is known not to be done: %p', async (failure) => {
    const { beginning, request } = begun(failure);
    const refused = await caught(beginning);
    expect(refusalOf(refused, true)).toEqual({ code: 'SERVICE_UNAVAILABLE' });
    // Which the log is told.
    expect(refused).toHaveProperty('cause', failure);
    expect(request.adminEntry).toBeUndefined();
  });

  it('is a failure where that is a bug', async () => {
    const bug = new TypeError('bug');
    expect(await caught(begun(bug).beginning)).toBe(bug);
  });
});
