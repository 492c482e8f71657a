import {
  MESSAGES,
  SAGA_SERVICE,
  SERVICES,
  SUBSCRIPTIONS,
  type CommandContract,
  type EventContract,
  type MessageContract,
  type RequestContract,
  type ServiceName,
} from '@jangteo/contracts';
import { FAILPOINTS, type AnyService, type Failpoint, type FailpointKind } from '@jangteo/testkit';
import { UNKNOWN_MESSAGE, unknownTypeTo } from '../../traffic/operator-stories.js';

/** A kind of work of one service on one message, as one story makes it come about. */
export interface Row {
  readonly kind: FailpointKind;
  readonly service: AnyService;
  readonly type: string;
  /** The customers' part; see stories.ts. */
  readonly story: string;
}

/** One way to die: a row and the step after which the process ends. */
export interface Cell extends Row {
  readonly step: string;
}

/**
 * Stories that make each message pass that no request alone makes pass: a step of the saga where it is taken and where
 * it is refused, an undo for each reason to undo.
 */
const STORIES_OF: Readonly<Record<string, readonly string[]>> = {
  'order.place': ['an order', 'an order from the cart'],
  'order.completed': ['an order'],
  'order.cancelled': ['a cancellation'],
  'catalog.reserve-stock': ['an order', 'an order refused for stock'],
  'coupon.use': ['an order', 'an order refused for its coupon'],
  'wallet.debit': ['an order', 'an order refused for money'],
  'catalog.release-stock': [
    'a cancellation',
    'an order refused for its coupon',
    'an order given up while stock is silent',
  ],
  'coupon.release': [
    'a cancellation',
    'an order refused for money',
    'an order given up while coupons are silent',
  ],
  'wallet.refund': ['a cancellation', 'an order given up while wallets are silent'],
};

/** A request has the story of its own name, unless it says otherwise. */
function storiesOf({ type }: Pick<MessageContract, 'type'>): readonly string[] {
  return STORIES_OF[type] ?? [type];
}

/** Recognises requests of which something lasts: they carry an operation key, or say by whom they are made. */
export function writes({ example: { payload } }: RequestContract): boolean {
  const fields: object = Object(payload);
  return 'operation' in fields || 'by' in fields;
}

const CHARGES = ['wallet.charge', 'a charge that is declined', 'a charge of unknown outcome'];

function rowsOfRequest(contract: RequestContract): Row[] {
  const { type, service } = contract;
  return storiesOf(contract).flatMap((story): Row[] => [
    { kind: 'batch', service, type, story },
    { kind: 'request', service: 'gateway', type, story },
  ]);
}

/** A command at who carries it out, its answer at the saga, and the saga that says it again. */
function rowsOfCommand(contract: CommandContract): Row[] {
  const { type, service } = contract;
  return storiesOf(contract).flatMap((story): Row[] => [
    { kind: 'batch', service, type, story },
    { kind: 'batch', service: SAGA_SERVICE, type, story },
    ...(story.includes('refused') ? [] : [{ kind: 'sweep', service: SAGA_SERVICE, type, story } as const]),
  ]);
}

function listenersOf({ type }: EventContract): ServiceName[] {
  return Object.entries(SUBSCRIPTIONS)
    .filter(([, contracts]) => contracts.some((contract) => contract.type === type))
    .map(([service]) => service as ServiceName);
}

function rowsOfEvent(contract: EventContract): Row[] {
  const { type, service } = contract;
  const listeners = listenersOf(contract);
  const rows = storiesOf(contract).flatMap((story) =>
    listeners.map((listener): Row => ({ kind: 'batch', service: listener, type, story })),
  );
  if (service !== SAGA_SERVICE || listeners.length === 0) return rows;
  const owed = (['sweep', 'confirms', 'relay'] as const).flatMap((kind) =>
    storiesOf(contract).map((story): Row => ({ kind, service, type, story })),
  );
  return [...rows, ...owed];
}

function rowsOf(contract: MessageContract): Row[] {
  switch (contract.kind) {
    case 'request':
      return writes(contract) ? rowsOfRequest(contract) : [];
    case 'command':
      return rowsOfCommand(contract);
    case 'event':
      return rowsOfEvent(contract);
  }
}

/** Every message of which anything lasts, at every service that has to do with it, and what no message triggers. */
export const ROWS: readonly Row[] = [
  ...MESSAGES.flatMap(rowsOf),
  ...CHARGES.map((story): Row => ({ kind: 'payment', service: 'wallet', type: 'wallet.charge', story })),
  { kind: 'ranking', service: 'ranking', type: 'ranking.top', story: 'an order' },
  ...SERVICES.flatMap((service) =>
    (['parking', 'keeping'] as const).map((kind): Row => ({
      kind,
      service,
      type: unknownTypeTo(service),
      story: `${UNKNOWN_MESSAGE}, to ${service}`,
    })),
  ),
];

/** Tells if work of this row comes to this step: of charges, only one of unknown outcome is resumed. */
export function hasStep({ kind, story }: Row, step: string): boolean {
  return kind !== 'payment' || step !== 'resumed' || story === 'a charge of unknown outcome';
}

export const CELLS: readonly Cell[] = ROWS.flatMap((row) =>
  FAILPOINTS[row.kind].filter((step) => hasStep(row, step)).map((step): Cell => ({ ...row, step })),
);

export function failpointOf({ kind, step, type }: Cell): Failpoint {
  return { name: `${kind}.${step}` as Failpoint['name'], type };
}

/** The name by which a cell is chosen, and known in logs. */
export function nameOf(cell: Cell): string {
  return `${cell.service} ${cell.type} ${cell.kind}.${cell.step} (${cell.story})`;
}
