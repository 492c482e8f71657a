import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { isAsShown, walkOf } from './walk.js';

describe('the walk of the README', () => {
  const walk = walkOf(readFileSync(join(projectRoot(), 'README.md'), 'utf8'));

  it('is found, from where the shop is to the end of the history', () => {
    expect(walk.script).toContain('SHOP=http://localhost:3000');
    expect(walk.script).toContain('/balance/history');
    expect(walk.answers.length).toBeGreaterThan(5);
  });

  it('is missed where it is gone', () => {
    expect(() => walkOf('# Shop\n## Configuration\n')).toThrow('no walk');
  });
});

describe('an answer', () => {
  const shown = { orderId: '…', total: 5, history: ['…'], items: ['…', { name: 'cup' }] };
  const answer = {
    orderId: 'a',
    total: 5,
    history: [1, 2],
    items: [{ name: 'pot' }, { name: 'cup', price: 1 }],
  };

  it('is as shown where only what was left out differs', () => {
    expect(isAsShown(shown, answer)).toBe(true);
    expect(isAsShown([{ a: 1 }], [{ a: 1, b: 2 }])).toBe(true);
  });

  it.each([
    [{ ...answer, total: 6 }],
    [{ ...answer, orderId: undefined }],
    [{ ...answer, items: [{ name: 'pot' }] }],
    [{ ...answer, history: 'none' }],
    [[answer]],
    [null],
  ])('is not as shown: %j', (other) => {
    expect(isAsShown(shown, other)).toBe(false);
  });

  it('has no more elements than shown', () => {
    expect(isAsShown([], [1])).toBe(false);
  });
});
