import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { orderWithHistory, SAGA_STEPS } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import { COLUMNS, orderPicture } from './order-picture.js';

const read = (path: string): string => readFileSync(join(projectRoot(), 'docs', path), 'utf8');
const order = orderWithHistory.parse(JSON.parse(read('examples/order.json')));

describe("the README's picture", () => {
  it('is drawn from the order that was recorded: npm run picture draws it', () => {
    expect(read('order.svg')).toBe(orderPicture(order));
  });

  it('shows every step of the saga, and its undo', () => {
    expect(order.history.flatMap(({ step = [] }) => step)).toEqual(
      expect.arrayContaining(SAGA_STEPS.flatMap(({ names }) => names)),
    );
    for (const { action } of SAGA_STEPS) expect(COLUMNS).toHaveProperty(action.service);
  });
});
