import type { Good, IssuePlan, OrderPlan, ReadPlan, RequestPlan } from './plan.js';

/** One request as it is sent. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** As the header has it. */
  readonly retryAfter: string | undefined;
}

/** The judgement on an answer: as asked for or not, and the name under which it is counted. */
export interface Verdict {
  readonly kind: 'good' | 'refused' | 'bad';
  readonly name: string;
}

/** Makes requests one after the other, each with a customer and a body of its own, and judges answers. */
export interface Requests {
  next(): HttpRequest;
  judge(answer: HttpAnswer): Verdict;
}

type Source = Pick<Requests, 'next'> & { isGood(answer: HttpAnswer): boolean };

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error('The load plan has an empty list');
  return item;
}

/** Two different goods; over many orders every pair comes up alike often. */
export function twoOf(goods: readonly Good[], index: number): [Good, Good] {
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

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function orders(plan: OrderPlan): Source {
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
    isGood: ({ status, body }) => status === 201 && body.includes('"orderStatus":"SUCCESS"'),
  };
}

function reads(plan: ReadPlan): Source {
  let index = -1;
  return {
    next() {
      index += 1;
      const headers = plan.tokens.length === 0 ? {} : bearer(at(plan.tokens, index));
      return { method: 'GET', path: at(plan.paths, index), headers };
    },
    isGood: ({ status }) => status === 200,
  };
}

function issues(plan: IssuePlan): Source {
  let index = -1;
  return {
    next() {
      index += 1;
      const path = `/coupons/${plan.couponId}/issue`;
      return { method: 'POST', path, headers: bearer(at(plan.tokens, index)) };
    },
    isGood: ({ status, body }) => status === 201 || (status === 409 && codeOf(body) === 'COUPON_SOLD_OUT'),
  };
}

function sourceOf(plan: RequestPlan): Source {
  switch (plan.kind) {
    case 'order':
      return orders(plan);
    case 'read':
      return reads(plan);
    case 'issue':
      return issues(plan);
  }
}

/** Sent away with the time to wait, or accepted and still on its way: what a busy shop may answer. */
function isCalm({ status, retryAfter }: HttpAnswer): boolean {
  return status === 202 || ((status === 429 || status === 503) && retryAfter !== undefined);
}

/**
 * @param mayRefuse whether the shop may be too busy
 * @throws Error, from `next`, when what the plan provides for is used up
 */
export function requestsOf(plan: RequestPlan, mayRefuse: boolean): Requests {
  const source = sourceOf(plan);
  return {
    next: source.next,
    judge(answer) {
      const isGood = source.isGood(answer);
      if (isGood && answer.status < 300) return { kind: 'good', name: String(answer.status) };
      const name = `${answer.status} ${codeOf(answer.body)}`.trim();
      return { kind: isGood ? 'good' : mayRefuse && isCalm(answer) ? 'refused' : 'bad', name };
    },
  };
}
