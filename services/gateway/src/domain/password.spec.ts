import { describe, expect, it } from '@jest/globals';
import { flawOf, isOwnersDetail, mayBePassword, preparedPassword } from './password.js';

describe('preparedPassword', () => {
  it.each([
    ['cafe\u0301', 'caf\u00e9'],
    ['\u1112\u1161\u11ab\u1100\u1173\u11af', '\ud55c\uae00'],
    ['a\u00a0b\u3000c\u2003d', 'a b c d'],
    ['Keeps Case, and spaces  ', 'Keeps Case, and spaces  '],
    // OpaqueString changes no width and resolves no compatibility.
    ['\uff21\ufb01\u00b2', '\uff21\ufb01\u00b2'],
  ])('of %j is %j', (typed, prepared) => {
    expect(preparedPassword(typed)).toBe(prepared);
  });
});

describe('flawOf', () => {
  it('counts characters after preparation, whatever they are made of', () => {
    const syllable = '\u1112\u1161\u11ab';
    for (const letter of ['x', '😀', 'e\u0301', syllable]) {
      expect(flawOf(letter.repeat(7))).toMatch('at least 8');
      expect(flawOf(letter.repeat(8))).toBeUndefined();
      expect(flawOf(letter.repeat(128))).toBeUndefined();
      expect(flawOf(letter.repeat(129))).toMatch('at most 128');
      expect([mayBePassword(letter.repeat(128)), mayBePassword(letter.repeat(129))]).toEqual([true, false]);
    }
  });

  it.each(['\n', '\t', '\u0000', '\u001b', '\u007f', '\u0085'])(
    'finds the control character %j',
    (control) => {
      expect(flawOf(`correct${control}horse`)).toMatch('control');
    },
  );

  it('finds none in spaces of any kind', () => {
    expect(flawOf('correct\u00a0horse')).toBeUndefined();
    expect(flawOf(' '.repeat(8))).toBeUndefined();
  });
});

describe('isOwnersDetail', () => {
  const owner = { email: 'mina.kim99@example.com', name: 'Mina Kim Lee' };

  it.each([
    'mina.kim99@example.com',
    'MINA.KIM99@Example.Com',
    'mina.kim99',
    'example.com',
    'mina kim lee',
    'MinaKimLee',
  ])('knows %s', (password) => {
    expect(isOwnersDetail(password, owner)).toBe(true);
  });

  it('minds nothing that has more to it', () => {
    expect(isOwnersDetail('mina.kim99 and a horse', owner)).toBe(false);
  });
});
