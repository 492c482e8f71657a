import type { Good, RequestPlan } from './plan.js';

export type Method = 'GET' | 'POST';

/** One request as it is sent. */
export interface HttpRequest {
  readonly method: Method;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Whether an answer is the one that was asked for, and what to call it when it is counted. */
export interface Verdict {
  readonly isGood: boolean;
  readonly name: string;
}

/** Makes requests one after the other, each with a customer and a body of its own, and judges answers. */
export interface Requests {
  next(): HttpRequest;
  judge(status: number, body: string): Verdict;
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error('The load plan has an empty list');
  return item;
}

/** Two different goods; over many orders every pair comes up alike often. */
function twoOf(goods: readonly Good[], index: number): [Good, Good] {
  const first = (index * 37) % goods.length;
  const step = 1 + (Math.floor(index / goods.length) % (goods.length - 1));
  return [at(goods, first), at(goods, first + step)];
}

function codeOf(body: string): string {
  try {
    const { code, orderStatus } = JSON.parse(body) as { code?: string; orderStatus?: string };
    return code ?? orderStatus ?? '';
  } catch {
    return '';
  }
}

function verdict(isGood: boolean, status: number, body: string): Verdict {
  return { isGood, name: isGood && status < 400 ? String(status) : `${status} ${codeOf(body)}`.trim() };
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function orders(plan: Extract<RequestPlan, { kind: 'order' }>): Requests {
  let index = -1;
  return {
    next() {
      index += 1;
      const customer = index % plan.tokens.length;
      const items = twoOf(plan.goods, index).map((good) => ({ ...good, quantity: 1 }));
      const userCouponId = plan.userCoupons?.[customer]?.[Math.floor(index / plan.tokens.length)];
      if (plan.userCoupons !== undefined && userCouponId === undefined) {
        throw new Error('The customers ran out of coupons: too few were issued for so many orders');
      }
      return {
        method: 'POST',
        path: '/orders',
        headers: { ...bearer(at(plan.tokens, customer)), 'content-type': 'application/json' },
        body: JSON.stringify({ items, userCouponId }),
      };
    },
    judge: (status, body) =>
      verdict(status === 201 && body.includes('"orderStatus":"SUCCESS"'), status, body),
  };
}

function reads(plan: Extract<RequestPlan, { kind: 'read' }>): Requests {
  let index = -1;
  return {
    next() {
      index += 1;
      const headers = plan.tokens.length === 0 ? {} : bearer(at(plan.tokens, index));
      return { method: 'GET', path: at(plan.paths, index), headers };
    },
    judge: (status, body) => verdict(status === 200, status, body),
  };
}

function issues(plan: Extract<RequestPlan, { kind: 'issue' }>): Requests {
  let index = -1;
  return {
    next() {
      index += 1;
      const path = `/coupons/${plan.couponId}/issue`;
      return { method: 'POST', path, headers: bearer(at(plan.tokens, index)) };
    },
    judge(status, body) {
      const isSoldOut = status === 409 && codeOf(body) === 'COUPON_SOLD_OUT';
      return verdict(status === 201 || isSoldOut, status, body);
    },
  };
}

/** @throws Error, from `next`, when what the plan provides for is used up */
export function requestsOf(plan: RequestPlan): Requests {
  switch (plan.kind) {
    case 'order':
      return orders(plan);
    case 'read':
      return reads(plan);
    case 'issue':
      return issues(plan);
  }
}
