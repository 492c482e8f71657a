import {
  id,
  named,
  ORDER_FAILURES,
  placeOrder,
  refusal,
  REFUSALS,
  SAGA_STEPS,
  type RefusalCode,
} from '@jangteo/contracts';
import { checks } from '@jangteo/service';
import { z } from 'zod';
import { problemOf } from '../domain/problem.js';

/** Steps of an order from the request to the payment, each with its refusals. */
export const ORDER_STEPS = [placeOrder, ...SAGA_STEPS.map(({ action }) => action)] as const;

const failures: ReadonlySet<string> = new Set([
  ...ORDER_STEPS.flatMap(({ refusals }) => refusals),
  ...ORDER_FAILURES,
]);

const { errors, shortages, productId, optionId } = refusal.shape;

/** With these it is said which product is meant. */
const OF_PRODUCTS: ReadonlySet<RefusalCode> = new Set([
  'PRODUCT_NOT_FOUND',
  'PRODUCT_NOT_SELLABLE',
  'OPTION_REQUIRED',
  'OPTION_NOT_FOUND',
]);

/** Fields that a problem with this code carries besides those of all problems. */
function extrasOf(code: RefusalCode): z.ZodRawShape {
  return {
    ...(code === 'VALIDATION_FAILED' || code === 'COUPON_NOT_ELIGIBLE' ? { errors } : {}),
    ...(code === 'OUT_OF_STOCK' ? { shortages } : {}),
    ...(OF_PRODUCTS.has(code) ? { productId } : {}),
    ...(code === 'OPTION_NOT_FOUND' ? { optionId } : {}),
    ...(code === 'SERVICE_UNAVAILABLE' ? { details: checks.optional() } : {}),
    ...(failures.has(code) ? { orderId: id.optional() } : {}),
  };
}

/** `OUT_OF_STOCK` as documents name things: `OutOfStock`. */
export function problemName(code: RefusalCode): string {
  return code
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

/** An example of a problem, as a client would get it. */
export function exampleProblem(code: RefusalCode): object {
  if (code !== 'VALIDATION_FAILED') return problemOf({ code });
  return problemOf({
    code,
    errors: [{ path: 'items.0.quantity', message: 'Too small: expected number to be >=1' }],
  });
}

function schemaOf(code: RefusalCode): z.ZodType {
  const { type, status } = problemOf({ code });
  const name = problemName(code);
  const schema = z.object({
    type: z.literal(type),
    title: z.string(),
    status: z.literal(status),
    detail: z.string(),
    // Under a name it is a type of its own in clients, and tells them which of several problems they have.
    code: named(`${name}Code`, z.literal(code), code),
    ...extrasOf(code),
  });
  return named(`${name}Problem`, schema as z.ZodType<unknown, unknown>, exampleProblem(code));
}

const schemas = new Map(Object.keys(REFUSALS).map((code) => [code, schemaOf(code as RefusalCode)]));

/** The body of the answer to what was refused with this code. */
export function problemSchema(code: RefusalCode): z.ZodType {
  return schemas.get(code)!;
}
