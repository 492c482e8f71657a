import type { OpenShop } from '@jangteo/tools';
import type { Load } from '../traffic/load.js';
import type { Operation, Told } from '../traffic/operation.js';

/** Comparisons of the answers that clients got with the books. Each returns what does not agree. */

function toldOf(load: Load, kind: Operation['kind']): { operation: Operation; told: Told }[] {
  return load.log.operations.flatMap((operation) =>
    operation.kind === kind && operation.told !== undefined ? [{ operation, told: operation.told }] : [],
  );
}

/** Rows of those who came with the load: there is none of anybody else who was not there before. */
function newRows<R extends { readonly user_id: string }>(rows: readonly R[], load: Load): R[] {
  return rows.filter((row) => !load.shop.earlierUsers.has(row.user_id));
}

/** Items of one of two sets that are missing in the other. */
function without(set: ReadonlySet<string>, other: ReadonlySet<string>): string[] {
  return [...set].filter((item) => !other.has(item));
}

interface OrderRow {
  readonly user_id: string;
  readonly order_id: string;
  readonly status: string;
  readonly failure_code: string | null;
  readonly total: number | null;
}

function fateProblem(
  { order_id: id, status, failure_code: code, total }: OrderRow,
  told: Told,
): string | undefined {
  if (told.status === 202) return undefined;
  if (told.status === 201) {
    const isSo = (status === 'SUCCESS' || status === 'CANCELLED') && total === told.totalPrice;
    return isSo ? undefined : `${id} is ${status} of ${total}, but a success of ${told.totalPrice} was told`;
  }
  const isSo = status === 'FAILED' && code === told.code;
  return isSo ? undefined : `${id} is ${status} ${code ?? ''}, but ${told.code} was told`;
}

/**
 * Every order that anybody was told of exists, has ended, and ended as told; and there is no other order: not
 * one of a call that was certainly not done.
 */
export async function orderProblems(stack: OpenShop, load: Load): Promise<string[]> {
  const rows = await stack.sql<OrderRow>(
    'order',
    'SELECT user_id, order_id, status, failure_code, total FROM orders',
  );
  const orders = new Map(newRows(rows, load).map((row) => [row.order_id, row]));
  const problems: string[] = [];
  for (const { operation, told } of toldOf(load, 'order')) {
    const { orderId } = told;
    const row = orderId === undefined ? undefined : orders.get(orderId);
    if (orderId === undefined) problems.push(`${operation.key} was answered ${told.status} without an order`);
    else if (row === undefined) problems.push(`${orderId} was told and does not exist`);
    else if (row.status === 'PENDING') problems.push(`${orderId} has not ended`);
    else problems.push(...[fateProblem(row, told)].filter((problem) => problem !== undefined));
    if (orderId !== undefined) orders.delete(orderId);
  }
  // What was never known may exist or not; it is a violation of its own.
  for (const { orderId } of load.log.operations) if (orderId !== undefined) orders.delete(orderId);
  problems.push(...[...orders.keys()].map((id) => `${id} exists, although nobody was told of it`));
  return problems;
}

/** Whoever was told that an order is cancelled finds it so, and nothing else was cancelled. */
export async function cancelProblems(stack: OpenShop, load: Load): Promise<string[]> {
  const rows = await stack.sql<Pick<OrderRow, 'user_id' | 'order_id'>>(
    'order',
    `SELECT user_id, order_id FROM orders WHERE status = 'CANCELLED'`,
  );
  const cancelled = new Set(newRows(rows, load).map((row) => row.order_id));
  const told = new Set(
    toldOf(load, 'cancel').flatMap((one) => (one.told.status === 200 ? [String(one.told.orderId)] : [])),
  );
  return [
    ...without(told, cancelled).map((id) => `${id} was told to be cancelled, but is not`),
    ...without(cancelled, told).map((id) => `${id} is cancelled, although nobody was told`),
  ];
}

/** Each charge that was told exists once with its amount and its end; there is no other. */
export async function chargeProblems(stack: OpenShop, load: Load): Promise<string[]> {
  const rows = await stack.sql<{ user_id: string; amount: number; status: string; charges: number }>(
    'wallet',
    `SELECT user_id, amount, status, count(*) AS charges FROM charges GROUP BY user_id, amount, status`,
  );
  const left = new Map<string, number>();
  const count = (key: string, by: number): void => void left.set(key, (left.get(key) ?? 0) + by);
  for (const { user_id: user, amount, status, charges } of newRows(rows, load))
    count(`${user} ${amount} ${status}`, charges);
  for (const [user, amount] of load.shop.moneyAtFirst) count(`${user} ${amount} SUCCEEDED`, -1);
  const wrong: string[] = [];
  for (const { operation, told } of toldOf(load, 'charge')) {
    // One that was told to be pending has been settled since.
    const status = operation.isDeclined === true ? 'DECLINED' : 'SUCCEEDED';
    count(`${operation.userId} ${operation.amount} ${status}`, -1);
    const isToldDeclined = told.code === 'PAYMENT_DECLINED';
    if (told.status !== 202 && isToldDeclined !== operation.isDeclined) {
      wrong.push(`${operation.key} was answered ${told.status}, although the payment was ${status}`);
    }
  }
  const uneven = [...left].flatMap(([key, more]) =>
    more === 0 ? [] : [`${Math.abs(more)} charges ${more > 0 ? 'too many' : 'too few'}: ${key}`],
  );
  return [...wrong, ...uneven];
}

/** A coupon was given to exactly those who were told so, in the place that they were told. */
export async function issueProblems(stack: OpenShop, load: Load): Promise<string[]> {
  const rows = await stack.sql<{ user_id: string; key: string }>(
    'coupon',
    `SELECT user_id, user_coupon_id || ' of ' || coupon_id || ' for ' || user_id || ' in place ' || sequence AS key
     FROM user_coupons`,
  );
  const given = new Set(newRows(rows, load).map(({ key }) => key));
  const told = new Set(
    toldOf(load, 'issue').flatMap(({ operation, told: { status, userCouponId, sequence } }) =>
      status === 201
        ? [`${userCouponId} of ${operation.couponId} for ${operation.userId} in place ${sequence}`]
        : [],
    ),
  );
  const full = await stack.sql<{ coupon_id: string }>(
    'coupon',
    'SELECT coupon_id FROM coupons WHERE issued_quantity = total_quantity',
  );
  const isFull = new Set(full.map((row) => row.coupon_id));
  const tooSoon = toldOf(load, 'issue').filter(
    ({ operation, told: { code } }) => code === 'COUPON_SOLD_OUT' && !isFull.has(operation.couponId ?? ''),
  );
  return [
    ...without(told, given).map((key) => `told, but not in the books: ${key}`),
    ...without(given, told).map((key) => `in the books, but not told: ${key}`),
    ...tooSoon.map(({ operation }) => `sold out was told of ${operation.couponId}, which is not`),
  ];
}

/** Compares the admin's restocks with the stock that came in: each must be there, once. */
export async function stockProblems(stack: OpenShop, load: Load): Promise<string[]> {
  const { optionId } = load.shop.hotGood;
  const [found] = await stack.sql<{ came_in: number; times: number }>(
    'catalog',
    `SELECT coalesce(sum(quantity), 0) AS came_in, count(*) AS times FROM stock_movements
     WHERE option_id = '${optionId}'`,
  );
  const restocked = toldOf(load, 'restock').filter(({ told }) => told.status === 200);
  const brought = restocked.reduce(
    (sum, { operation }) => sum + (operation.amount ?? 0),
    load.shop.hotStockAtFirst,
  );
  return found?.came_in === brought ? [] : [`${brought} pieces were brought, ${found?.came_in} came in`];
}
