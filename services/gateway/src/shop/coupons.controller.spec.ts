import { expect, it } from '@jest/globals';
import { CHARGED_WALLET, issueCoupon, type RequestContract } from '@jangteo/contracts';
import type { FastifyReply } from 'fastify';
import { Refused } from '../http/refusal-error.js';
import { Call, type CallRequest } from '../http/request-context.js';
import type { Upstream } from '../http/upstream.js';
import { CouponsController } from './coupons.controller.js';

/** Issues a coupon that asks for a wallet, which takes two writes. @returns whether it is told to be a repeat */
async function issued(areRepeats: [boolean, boolean]): Promise<boolean> {
  const headers = new Map<string, unknown>();
  const reply = {
    header: (name: string, value: unknown) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
    hasHeader: (name: string) => headers.has(name),
  };
  const caller = { userId: 'mina', createdAt: new Date(0) };
  const request = { id: 'one', headers: { 'idempotency-key': 'mine' }, caller };
  const call = new Call(request as unknown as CallRequest, reply as unknown as FastifyReply);
  const repeats = areRepeats.values();
  let writes = 0;
  const upstream = {
    ask(contract: RequestContract) {
      if (contract.type !== issueCoupon.type) return Promise.resolve({ hasCharged: true });
      if (repeats.next().value) call.tellReplayed();
      writes += 1;
      const errors = [{ path: CHARGED_WALLET, message: 'is needed' }];
      const refusal = { code: 'COUPON_NOT_ELIGIBLE' as const, errors };
      return writes === 1 ? Promise.reject(new Refused(refusal)) : Promise.resolve({});
    },
  };
  const nothing = { take: () => undefined, noteAnswer: () => undefined } as never;
  const controller = new CouponsController(
    upstream as unknown as Upstream,
    nothing,
    nothing,
    nothing,
    nothing,
  );
  await controller.issue(call, { couponId: 'week' }, {});
  return call.isReplay;
}

it('tells of a repeat where the answer is one, whatever was asked before it', async () => {
  expect(await issued([false, false])).toBe(false);
  expect(await issued([true, false])).toBe(false);
  expect(await issued([true, true])).toBe(true);
});
