import { randomUUID } from 'node:crypto';
import { SERVICES } from '@jangteo/contracts';
import { NOT_IN_TIME, within } from '@jangteo/messaging';
import {
  expected,
  pace,
  type Answer,
  type AnyService,
  type Customer,
  type Problem,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';

/** The longest times that answers may take, as the settings of the shop under test have it. */
export interface Deadlines {
  /** A statement of the gateway's own database: waiting for a connection, then for the server. */
  readonly databaseMs: number;
  /** A request to a service. */
  readonly requestMs: number;
  /** The audit of all services. */
  readonly auditMs: number;
}

/** A need of a call: a service that can reach its database and the broker. */
export type Need = AnyService | 'messages' | 'every service';

/** A call of the API as a customer, an admin or an operator makes it. */
export interface ProbeCall {
  readonly name: string;
  readonly needs: readonly Need[];
  /** Further needs, missed only after some heartbeats. */
  readonly missesLate?: readonly Need[];
  readonly deadlineMs: number;
  /** The answer where somebody whom the gateway asks is late. */
  readonly whenLate?: string;
  send(): Promise<Answer<unknown>>;
}

export interface Fault {
  readonly call: string;
  readonly fault: string;
  /** Late, and nothing else: everything that the call needs is there. */
  readonly isLate?: boolean;
}

export const here = await pace();

/** On a machine that does other things as well. */
const MARGIN_MS = here(4_000);
/** Whoever operates the shop asks often, and has to be answered at once. */
const OPERATORS_DEADLINE_MS = here(2_500);
const WAIT_SECONDS = 2;

/** The callers, and the things that calls are about. */
export interface World {
  readonly client: ShopClient;
  readonly operators: ShopClient;
  readonly customer: Customer;
  readonly admin: string;
  /** Who logs in time after time: beyond so many sessions the oldest of a user's end. */
  readonly guest: Customer;
  readonly productId: string;
  readonly couponId: string;
  /** An order that was cancelled: to cancel it again takes nothing but the order service. */
  readonly cancelledId: string;
  /** One that succeeded: cancelled for the first time while something is gone. */
  readonly orderId: string;
}

/** Makes what the calls are about. */
export async function worldOf({ client, operators }: Pick<Shop, 'client' | 'operators'>): Promise<World> {
  const [customer, guest, { productId }, { couponId }] = await Promise.all([
    client.register(1_000_000_000),
    client.register(),
    client.createProduct({ price: 10, stock: 1_000_000 }),
    client.createCoupon({ totalQuantity: 1_000 }),
  ]);
  const { token } = customer;
  const [cancelledId = '', orderId = ''] = await Promise.all(
    [1, 2].map(async (quantity) => {
      const items = [{ productId, quantity }];
      return expected(201, await client.order<{ orderId: string }>(customer, { items })).orderId;
    }),
  );
  expected(200, await client.post(`/orders/${cancelledId}/cancel`, undefined, { token }));
  // One that has to be shown with what the catalog says of it.
  expected(200, await client.post('/cart/add', { productId, quantity: 1 }, { token }));
  const admin = await client.admin();
  return { client, operators, customer, guest, admin, productId, couponId, cancelledId, orderId };
}

/** One call of every kind; each time new ones, so that they can be sent again and again. */
export function callsOf(world: World, { databaseMs, requestMs }: Deadlines): ProbeCall[] {
  const { client, customer, guest, admin, productId, couponId, cancelledId, orderId } = world;
  const { token } = customer;
  const { email, password } = guest;
  const call = (name: string, needs: readonly Need[], asks: number, send: ProbeCall['send']): ProbeCall => ({
    name,
    // A service is asked over the broker, and who asks is looked up by the gateway.
    needs: needs.some((need) => need !== 'gateway') ? [...needs, 'messages'] : needs,
    deadlineMs: databaseMs + asks * requestMs,
    send,
  });
  const open = (path: string, needs: readonly Need[], asks: number): ProbeCall =>
    call(`GET ${path}`, needs, asks, () => client.get(path));
  const mine = (path: string, needs: readonly Need[], asks: number): ProbeCall =>
    call(`GET ${path}`, ['gateway', ...needs], asks, () => client.get(path, { token }));
  const write = (path: string, needs: readonly Need[], asks: number, body?: object, by = token): ProbeCall =>
    call(`POST ${path}`, ['gateway', ...needs], asks, () => client.post(path, body, { token: by }));
  const newcomer = { email: `${randomUUID()}@example.com`, password, name: 'Kim' };
  const items = [{ productId, quantity: 1 }];
  const order = (): Promise<Answer<unknown>> =>
    client.order(customer, { items }, { prefer: `wait=${WAIT_SECONDS}` });
  return [
    call('POST /auth/register', ['gateway'], 0, () => client.post('/auth/register', newcomer)),
    call('POST /auth/login', ['gateway'], 0, () => client.post('/auth/login', { email, password })),
    open('/products', ['catalog'], 1),
    open(`/products/${productId}`, ['catalog'], 1),
    open('/products/top', ['ranking', 'catalog'], 2),
    write('/products', ['catalog'], 1, { name: 'Cup', price: 5, stock: 5 }, admin),
    write(`/products/${productId}/stock`, ['catalog'], 1, { quantity: 3 }, admin),
    mine('/cart', ['order', 'catalog'], 2),
    write('/cart/add', ['order', 'catalog'], 3, { productId, quantity: 1 }),
    call('POST /orders', ['gateway', 'order'], 1 + (WAIT_SECONDS * 1_000) / requestMs, order),
    mine('/orders', ['order'], 1),
    mine(`/orders/${orderId}`, ['order'], 1),
    write(`/orders/${cancelledId}/cancel`, ['order'], 1),
    write(`/orders/${orderId}/cancel`, ['order', 'wallet', 'catalog'], 1),
    mine('/balance', ['wallet'], 1),
    mine('/balance/history', ['wallet'], 1),
    write('/balance/charge', ['wallet'], 1, { amount: 100 }),
    open('/coupons', ['coupon'], 1),
    mine('/coupons/mine', ['coupon'], 1),
    write(`/coupons/${couponId}/issue`, ['coupon'], 1),
    call('GET /admin/dead-letters', ['gateway', ...SERVICES], 1, () =>
      client.get('/admin/dead-letters', { token: admin }),
    ),
  ];
}

/** Calls of operators to the gateway; nothing but readiness may depend on anything. */
export function operatorsCallsOf({ client, operators }: Pick<World, 'client' | 'operators'>): ProbeCall[] {
  const call = (
    path: string,
    needs: readonly Need[],
    missesLate: readonly Need[] = [],
    asked = client,
  ): ProbeCall => ({
    name: `GET ${path}`,
    needs,
    missesLate,
    deadlineMs: OPERATORS_DEADLINE_MS,
    send: () => asked.get(path),
  });
  return [
    call('/health/live', []),
    call('/health/ready', ['gateway'], ['messages']),
    {
      ...call('/health/shop', ['gateway', 'messages', 'every service'], [], operators),
      whenLate: '503 SERVICE_UNAVAILABLE',
    },
    call('/metrics', [], [], operators),
    call('/openapi.json', []),
    call('/docs', []),
  ];
}

/** The audit tells who did not answer; it needs nobody. */
export function auditCallOf({ client, admin }: World, { databaseMs, auditMs }: Deadlines): ProbeCall {
  return {
    name: 'GET /admin/audit',
    needs: ['gateway'],
    deadlineMs: databaseMs + auditMs,
    send: () => client.get('/admin/audit', { token: admin }),
  };
}

/** Needs that are not met while answers are looked at. */
export interface Outage {
  readonly gone: ReadonlySet<Need>;
  /** While something is taken away or comes back, a call may be lucky or not. */
  readonly isChanging?: boolean;
}

/** A problem's code where there is one: a refusal of the shop's rules is an answer as good as a success. */
function refusalOf({ body }: Answer<unknown>): string | undefined {
  return (body as Partial<Problem> | undefined)?.code;
}

const ALL_IS_THERE = 'although all it needs is there';

function faultOf(
  { needs, missesLate = [] }: ProbeCall,
  answer: Answer<unknown>,
  { gone, isChanging = false }: Outage,
): string | undefined {
  const { status, headers } = answer;
  const told = `${status} ${refusalOf(answer) ?? ''}`;
  if (status === 500 || status === 502) return told;
  if (status === 503 && headers.get('retry-after') === null) return `${told} without Retry-After`;
  const isOutage = status === 503 || status === 504;
  const type = headers.get('content-type') ?? 'nothing';
  if (isOutage && !type.startsWith('application/problem+json')) return `${told} as ${type}`;
  if (isChanging || missesLate.some((need) => gone.has(need))) return undefined;
  const isHit = needs.some((need) => gone.has(need));
  if (isOutage !== isHit) return `${told}, ${isHit ? 'although it needs what is gone' : ALL_IS_THERE}`;
  return undefined;
}

/** Sends all of the calls at once, and tells what is wrong with their answers. */
export async function faultsOf(calls: readonly ProbeCall[], outage: Outage): Promise<Fault[]> {
  const faults = await Promise.all(
    calls.map(async (call): Promise<Fault[]> => {
      const startedAt = performance.now();
      const limitMs = call.deadlineMs + MARGIN_MS;
      const answered = call.send().then(
        (answer) => faultOf(call, answer, outage),
        (error: unknown) => String(error),
      );
      const told = await within(answered, limitMs);
      const fault = told === NOT_IN_TIME ? `not answered within ${limitMs} ms` : told;
      const elapsedMs = Math.round(performance.now() - startedAt);
      if (fault === undefined) return [];
      const isLate = fault === `${call.whenLate ?? '504 UPSTREAM_TIMEOUT'}, ${ALL_IS_THERE}`;
      return [{ call: call.name, fault: `${fault}, after ${elapsedMs} ms`, ...(isLate && { isLate }) }];
    }),
  );
  return faults.flat();
}
