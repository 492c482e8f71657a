import { done, placeOrder, refuse, reserveStock, useCoupon, type AnsweredContract } from '@jangteo/contracts';
import {
  apply,
  cancelOf,
  inputOfReply,
  placing,
  STEPS,
  TABLE,
  type Input,
  type Saga,
} from '@jangteo/order/domain';
import { BOUNDS } from '../simulation/order.js';
import { explored, type Tried, type Try } from './state-diagram.js';

const NOW = new Date(0);
const { orderId, userId } = placeOrder.example.payload;

/** An order by which sagas differ, and what participants answer of it. */
interface Case {
  /** The name of the case, in the states in which something is decided by it. */
  readonly when: Partial<Record<Saga['state'], string>>;
  readonly wish?: { readonly userCouponId?: string; readonly expectedTotal?: number };
  readonly subtotal?: number;
  readonly discount?: number;
}

const { subtotal: SUBTOTAL } = reserveStock.example.value;
const withCoupon = { userCouponId: useCoupon.example.payload.userCouponId };
const COUPON = 'with coupon';
const OTHER_TOTAL = 'total not as expected';
const otherTotal = { expectedTotal: SUBTOTAL + 1 };

const CASES: readonly Case[] = [
  { when: { RESERVING_STOCK: 'no coupon' } },
  { when: { RESERVING_STOCK: 'nothing to pay' }, subtotal: 0 },
  { when: { RESERVING_STOCK: OTHER_TOTAL }, wish: otherTotal },
  { when: { RESERVING_STOCK: COUPON, USING_COUPON: 'more to pay' }, wish: withCoupon },
  {
    when: { RESERVING_STOCK: COUPON, USING_COUPON: 'nothing left to pay' },
    wish: withCoupon,
    discount: SUBTOTAL,
  },
  { when: { RESERVING_STOCK: COUPON, USING_COUPON: OTHER_TOTAL }, wish: { ...withCoupon, ...otherTotal } },
];

function placed({ wish = {} }: Case): Saga {
  const { operation, items } = placeOrder.example.payload;
  const payload = { operation, orderId, userId, items, wait: false, ...wish };
  const found = { now: NOW, takenIds: [], lines: [], underway: [], inFlight: [] };
  const { changes } = placing(BOUNDS).decide(found, [{ payload, replyAddress: undefined, trace: {} }]);
  return changes.sagas[0]!;
}

/** A participant's example of a success, with the amounts of the case; each step takes those that it knows. */
function valueOf({ example }: AnsweredContract, { subtotal = SUBTOTAL, discount }: Case): unknown {
  return { ...(example.value as object), subtotal, ...(discount === undefined ? {} : { discount }) };
}

function inputsFor(one: Case): (readonly [by: string, Input])[] {
  const cancel = { operation: placeOrder.example.payload.operation, orderId, cancelledBy: 'customer' };
  return [
    ...STEPS.flatMap(({ action: { name, contract }, undo }): (readonly [string, Input])[] => [
      [`${name} done`, inputOfReply(contract.type, orderId, done(valueOf(contract, one)))],
      [`${name} refused`, inputOfReply(contract.type, orderId, refuse(contract.refusals[0]!))],
      ['every undo answered', inputOfReply(undo.contract.type, orderId, done(undo.contract.example.value))],
    ]),
    ['no answer in time', { kind: 'deadline', orderId }],
    ['cancel', cancelOf({ payload: cancel, replyAddress: undefined, trace: {} })],
  ];
}

function triesIn(saga: Saga, one: Case): Try<Saga>[] {
  return inputsFor(one).map(([by, input]) => {
    const { changed } = apply(
      { now: NOW, sagas: [saga], carts: { lines: [], underway: [] } },
      [input],
      BOUNDS,
    );
    return { by, when: one.when[saga.state], after: changed[0]?.after ?? saga };
  });
}

function allFrom(nameOf: (saga: Saga) => string): Tried[] {
  return CASES.flatMap((one) => explored([placed(one)], (saga) => triesIn(saga, one), nameOf));
}

/** Every way of a saga, with and without a coupon, with something to pay and nothing. */
export function sagaTries(): Tried[] {
  return allFrom(({ state }) => state);
}

/** The same of the order's status, by the saga's state that leads to it. */
export function orderTries(): Tried[] {
  const states = CASES.flatMap((one) =>
    explored(
      [placed(one)],
      (saga) => triesIn(saga, one),
      ({ state, order }) => `${state} ${order.status}`,
    ),
  );
  const parts = (name: string): [string, string] => name.split(' ') as [string, string];
  return states.map(({ from, to }) => {
    const [[by, before], [, after]] = [parts(from), parts(to)];
    return { from: before, to: after, by };
  });
}

/** The table of transitions as it stands, with the rule of each cell. */
export function sagaTable(): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = Object.entries(TABLE);
  const inputs = Object.keys(TABLE.AWAITING_STEP);
  return [
    line(['in state', ...inputs.map((input) => `\`${input}\``)]),
    `|${'---|'.repeat(inputs.length + 1)}`,
    ...rows.map(([state, rules]) => line([`\`${state}\``, ...Object.values(rules).map(({ name }) => name)])),
  ].join('\n');
}
