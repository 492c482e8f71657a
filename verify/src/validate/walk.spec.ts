import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { isAsShown, STATISTICS_WALK, walkOf, WALKS } from './walk.js';

describe('a walk', () => {
  const [order, shop] = WALKS.map((path) => walkOf(readFileSync(join(projectRoot(), path), 'utf8')));

  it('is found in the README, from where the shop is to the timeline of an order', () => {
    expect(order?.script).toContain('SHOP=http://localhost:3000');
    expect(order?.script.trim().split('\n').at(-1)).toContain('/orders/$ORDER/timeline');
    expect(order?.answers.at(-2)).toHaveProperty('history');
    expect(order?.answers.at(-1)).toHaveProperty('why');
  });

  it('is found in docs/walk.md, from where the shop is to the end of the history', () => {
    expect(shop?.script).toContain('SHOP=http://localhost:3000');
    expect(shop?.script).toContain('/balance/history');
    expect(shop?.answers.length).toBeGreaterThan(5);
  });

  it('goes on in docs/walk.md with the statistics, from where the shop is to what was sold in an hour', () => {
    const text = readFileSync(join(projectRoot(), 'docs/walk.md'), 'utf8');
    const sales = walkOf(text, STATISTICS_WALK);
    expect(sales.script.match(/^SHOP=/gm)).toHaveLength(1);
    expect(sales.script).toContain('/admin/sales?by=hour');
    expect(sales.script).not.toContain('docker compose');
    expect(sales.answers).toEqual([
      ['…', expect.objectContaining({ revenue: 36_000, source: 'statistics' })],
    ]);
    expect(shop?.script).not.toContain('/admin/sales');
  });

  it('ends where something else begins', () => {
    const text = '# Shop\n\n```sh\nSHOP=here\n```\n\n```json\n1\n```\n\n## More\n\n```sh\nrm\n```\n';
    expect(walkOf(text)).toEqual({ script: 'SHOP=here\n', answers: [1] });
  });

  it('is missed where it is gone', () => {
    expect(() => walkOf('# Shop\n## Configuration\n')).toThrow('no walk');
    expect(() => walkOf('# Shop\n\n```sh\nSHOP=here\n```\n\n```json\n1\n```\n', '## Sales')).toThrow(
      'no walk',
    );
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
