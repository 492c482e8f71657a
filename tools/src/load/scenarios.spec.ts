import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ROUTES } from '@jangteo/client';
import { LOAD_DIR, phasesOf } from './artillery.js';
import { loadOptions, SCENARIOS } from './options.js';

interface Request {
  readonly name: string;
  readonly url: string;
}

interface Script {
  readonly config: {
    readonly processor: string;
    readonly payload: readonly { readonly path: string; readonly fields: readonly string[] }[];
    readonly plugins: {
      readonly ensure: { readonly thresholds: readonly object[]; readonly maxErrorRate: number };
    };
  };
  readonly scenarios: readonly {
    readonly beforeRequest: string;
    readonly afterResponse: string;
    readonly flow: readonly Readonly<Record<string, Request>>[];
  }[];
}

type Counted = (
  request: { name: string },
  response: { statusCode: number; body: string },
  context: object,
  events: { emit: (kind: string, name: string, by: number) => void },
) => Promise<void>;

const answers = (await import(pathToFileURL(join(LOAD_DIR, 'answers.mjs')).href)) as {
  counted: Counted;
  stayHere: (request: { followRedirect?: boolean }) => Promise<void>;
};
const scriptOf = (name: string): Script =>
  parse(readFileSync(join(LOAD_DIR, `${name}.yml`), 'utf8')) as Script;

/** The API's routes as `POST /orders`, what stands in braces left open. */
const routes = Object.values(ROUTES as Readonly<Record<string, { method: string; path: string }>>).map(
  ({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`,
);

describe.each(SCENARIOS)('load/%s.yml', (name) => {
  const { config, scenarios } = scriptOf(name);
  const requests = scenarios.flatMap(({ flow }) => flow.flatMap((step) => Object.entries(step)));

  it('has thresholds, and hooks that are there', () => {
    expect(config.plugins.ensure.thresholds.length).toBeGreaterThan(0);
    expect(config.plugins.ensure.maxErrorRate).toBeLessThanOrEqual(1);
    for (const { beforeRequest, afterResponse } of scenarios) {
      expect([beforeRequest, afterResponse]).toEqual(['stayHere', 'counted']);
    }
    expect(Object.keys(answers)).toEqual(expect.arrayContaining(['counted', 'stayHere']));
  });

  it('asks for what the API has, and for nothing that no file has', () => {
    const named = requests.map(
      ([method, { url }]) => `${method.toUpperCase()} ${url.replaceAll(/\{\{ \w+ \}\}/g, '{}')}`,
    );
    expect(routes).toEqual(expect.arrayContaining(named));
    const fields = [...config.payload.flatMap((one) => one.fields), 'orderId', '$uuid'];
    const used = [...JSON.stringify(scenarios).matchAll(/\{\{ (\$?\w+) \}\}/g)].map(([, field]) => field);
    expect(fields).toEqual(expect.arrayContaining(used));
  });
});

it('races as many in load/coupon.yml as are made for it', async () => {
  const raced = (await phasesOf('coupon')).map(({ arrivalCount }) => arrivalCount);
  expect(raced).toEqual([loadOptions(['coupon'])!.users]);
});

describe('what load/answers.mjs makes of an answer', () => {
  async function outcomeOf(name: string, statusCode: number, body: object): Promise<string[]> {
    const seen: string[] = [];
    const events = { emit: (_kind: string, counter: string) => void seen.push(counter) };
    const response = { statusCode, body: JSON.stringify(body) };
    await answers
      .counted({ name }, response, {}, events)
      .catch((error: unknown) => void seen.push(`failed ${(error as Error).message}`));
    return seen;
  }

  it.each([
    ['order', 201, { orderStatus: 'SUCCESS' }, ['answers.order.201 SUCCESS']],
    [
      'order',
      409,
      { code: 'OUT_OF_STOCK' },
      ['answers.order.409 OUT_OF_STOCK', 'failed order: 409 OUT_OF_STOCK'],
    ],
    ['coupon', 409, { code: 'COUPON_SOLD_OUT' }, ['answers.coupon.409 COUPON_SOLD_OUT']],
    ['products', 200, {}, ['answers.products.200']],
    ['read-order', 200, { orderStatus: 'SUCCESS' }, ['answers.read-order.200 SUCCESS']],
    ['products', 302, {}, ['answers.products.302', 'failed products: 302']],
  ])('of %s, %s with %j: %j', async (name, status, body, seen) => {
    expect(await outcomeOf(name, status, body)).toEqual(seen);
  });

  it('follows no redirect', async () => {
    const request = {};
    await answers.stayHere(request);
    expect(request).toEqual({ followRedirect: false });
  });
});
