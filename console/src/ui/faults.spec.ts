import { JangteoError } from '@jangteo/client';
import { describe, expect, it } from '@jest/globals';
import { faultsOf } from './faults.js';

const refusedFor = (errors: { path: string; message: string }[]): JangteoError =>
  new JangteoError({
    title: 'Not valid',
    status: 400,
    detail: 'not valid',
    code: 'VALIDATION_FAILED',
    errors,
  });

describe('what is wrong with a form', () => {
  it('is all of it, of each field', () => {
    const faults = faultsOf(
      refusedFor([
        { path: 'name', message: 'is too long' },
        { path: 'price', message: 'must be positive' },
        { path: 'name', message: 'has a control character' },
      ]),
    );
    expect([...faults]).toEqual([
      ['name', 'is too long; has a control character'],
      ['price', 'must be positive'],
    ]);
  });

  it('is nothing where it failed for something else', () => {
    for (const error of [undefined, new Error('broken')]) expect(faultsOf(error).size).toBe(0);
  });
});
