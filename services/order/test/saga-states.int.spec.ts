import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SAGA_STEPS } from '@jangteo/contracts';
import { COMMANDS, STEPS, stepsOf } from '../src/domain/commands.js';
import { SAGA } from '../src/domain/saga.js';
import { Desk } from './desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

describe('the list of steps', () => {
  it('has the steps of the saga, in their order, with their commands', () => {
    const ours = stepsOf({ userCouponId: 'a coupon', total: 1 }).map((state) => {
      const { action, undo } = STEPS[state];
      return { state, action: COMMANDS[action].contract, undo: COMMANDS[undo].contract };
    });
    expect(ours).toEqual(SAGA_STEPS);
    const commands = SAGA_STEPS.flatMap(({ action, undo }) => [action.type, undo.type]);
    expect(Object.values(COMMANDS).map(({ contract }) => contract.type)).toEqual(commands);
  });

  it('has states that the saga has moves for and the table takes, and there are no others', async () => {
    const states = [...SAGA_STEPS.map(({ state }) => state), 'UNDOING', 'CANCELLING'];
    const known = [...states, 'SUCCESS', 'FAILED', 'CANCELLED'].toSorted();
    expect(Object.keys(SAGA).toSorted()).toEqual(known);
    const [check] = await desk.database.rows<{ rule: string }>(
      `SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint WHERE conname = 'sagas_state_check'`,
    );
    expect(check?.rule.match(/[A-Z]+_?[A-Z]+(?='::text)/g)?.toSorted()).toEqual(known);
  });
});
