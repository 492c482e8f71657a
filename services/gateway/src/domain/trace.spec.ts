import { describe, expect, it } from '@jest/globals';
import { traceparentOf } from './trace.js';

const newId = (bytes: number): string => 'ab'.repeat(bytes);
const begun = `00-${'ab'.repeat(16)}-${'ab'.repeat(8)}-01`;

describe('traceparentOf', () => {
  it('goes on with the trace of the client', () => {
    const theirs = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
    expect(traceparentOf(theirs, newId)).toBe(theirs);
  });

  it.each([
    [undefined],
    [''],
    ['nonsense'],
    ['01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'],
    ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-00'],
    ['00-00000000000000000000000000000000-00f067aa0ba902b7-00'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-00'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00, x'],
  ])('begins a trace for %p', (header) => {
    expect(traceparentOf(header, newId)).toBe(begun);
  });
});
