import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SAGA_STEPS } from '@jangteo/contracts';
import { STEPS } from '../src/domain/steps.js';
import { TABLE } from '../src/domain/transitions.js';
import { Desk } from './desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

describe('the list of steps', () => {
  it('has the steps of the saga, in their order, with their commands', () => {
    const ours = STEPS.map(({ state, action, undo }) => {
      const names = [action.name, undo.name];
      return { state, action: action.contract, undo: undo.contract, names };
    });
    expect(ours).toEqual(SAGA_STEPS);
  });

  it('has states that the saga has rules for and the table takes, and there are no others', async () => {
    const others = ['UNDOING', 'CANCELLING', 'SUCCESS', 'FAILED', 'CANCELLED'];
    const known = [...SAGA_STEPS.map(({ state }) => state as string), ...others].toSorted();
    expect(Object.keys(TABLE).toSorted()).toEqual(['AWAITING_STEP', ...others].toSorted());
    const [check] = await desk.database.rows<{ rule: string }>(
      `SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint WHERE conname = 'sagas_state_check'`,
    );
    expect(check?.rule.match(/[A-Z]+_?[A-Z]+(?='::text)/g)?.toSorted()).toEqual(known);
  });
});
