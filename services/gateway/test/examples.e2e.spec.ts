import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startShop, START_DEADLINE_MS, type Customer, type Shop } from '@jangteo/testkit';

type Json = Readonly<Record<string, unknown>>;

interface Parameter extends Json {
  readonly name: string;
  readonly in: string;
  readonly example?: unknown;
  readonly schema: Json;
}

interface Example {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly roles: readonly string[];
}

/**
 * Operations on things that nobody can have before they are made, and their statuses: an example can only have the
 * right form.
 */
const NOT_THERE: Readonly<Record<string, number>> = {
  refresh: 401,
  refreshConsoleSession: 401,
  changePassword: 401,
  deleteMe: 401,
  resetPassword: 400,
  endSession: 404,
  makePasswordReset: 404,
  readUser: 404,
  readApiKey: 404,
  endApiKey: 404,
  readWebhook: 404,
  listDeliveries: 404,
  changeWebhook: 404,
  deleteWebhook: 404,
  rotateWebhookSecret: 404,
  testWebhook: 404,
  resendToWebhook: 404,
  changeUser: 404,
  endSessionsOfUser: 404,
  adjustBalance: 404,
  readCharge: 404,
  changeOption: 404,
  giveCoupon: 404,
  takeBackCoupon: 404,
  readOrder: 404,
  readTimeline: 404,
  watchOrder: 404,
  cancelOrder: 404,
  readAudit: 404,
  readOperation: 404,
  changeDeadLetterGroup: 404,
  readDeadLetter: 404,
  sendDeadLetter: 404,
  dropDeadLetter: 404,
  nudgeSaga: 404,
};

/** A coupon that is suspended is issued to nobody, and of a product with several options one must be named. */
const LAST = ['changeCoupon', 'addOption'];

/** What these make cannot be read alone: it stands in a list, or is told this once. */
const WITHOUT_PLACE = [
  'issueCoupon',
  'giveCoupon',
  'adjustBalance',
  'makePasswordReset',
  'createConsoleLink',
];

describe('the examples of the API document', () => {
  let shop: Shop;
  let customer: Customer;
  let document: Json & { readonly paths: Record<string, Record<string, Json>> };

  beforeAll(async () => {
    shop = await startShop();
    const { client } = shop;
    // With several options it could not be ordered as the example has it.
    await client.createProduct({ options: ['S', 'M'].map((name) => ({ name, stock: 1 })) });
    const { productId } = await client.createProduct();
    const { couponId } = await client.createCoupon();
    customer = await client.register();
    // What the document names is looked up now and then.
    document = await eventually(async () => {
      const { body } = await client.get<typeof document>('/openapi.json');
      const text = JSON.stringify(body);
      const isNamed = text.includes(productId) && text.includes(couponId);
      return isNamed && body;
    });
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  function resolved(value: Json): Json {
    const { $ref } = value;
    if (typeof $ref !== 'string') return value;
    return $ref
      .split('/')
      .slice(1)
      .reduce<unknown>((part, name) => (part as Json)[name], document) as Json;
  }

  /** Leaves out what may be left out where the document has no example of just that. */
  function exampleOf({ example, schema, required }: Parameter): unknown {
    const usual = required === true ? (resolved(schema).examples as unknown[] | undefined)?.[0] : undefined;
    return example ?? usual ?? schema.default;
  }

  function examples(): Example[] {
    return Object.entries(document.paths).flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, operation]): Example => {
        const parameters = (operation.parameters as Json[]).map((one) => resolved(one) as Parameter);
        const valued = parameters.map((one) => [one, String(exampleOf(one))] as const);
        const path = valued.reduce((text, [{ name }, value]) => text.replace(`{${name}}`, value), template);
        const query = valued.filter(([one, value]) => one.in === 'query' && value !== 'undefined');
        const content = (operation.requestBody as { content: Record<string, { schema: Json }> } | undefined)
          ?.content;
        const schema = content?.['application/json']?.schema;
        return {
          operationId: operation.operationId as string,
          method: method.toUpperCase(),
          path: `${path}?${new URLSearchParams(query.map(([{ name }, value]): [string, string] => [name, value])).toString()}`,
          body: schema && (resolved(schema).examples as unknown[])[0],
          roles: (operation['x-roles'] ?? []) as string[],
        };
      }),
    );
  }

  /** Operations that make something, and those of them that say where to read it. */
  function making(): { all: string[]; withPlace: string[] } {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const name = ({ operationId }: Json): string => operationId as string;
    const successes = ({ responses }: Json) =>
      Object.entries(responses as Record<string, Json>).filter(([status]) => status < '300');
    const hasPlace = (operation: Json): boolean =>
      successes(operation).some(([, { headers }]) => 'Location' in (headers as Json));
    return {
      all: operations.filter((one) => successes(one).some(([status]) => status === '201')).map(name),
      withPlace: operations.filter(hasPlace).map(name),
    };
  }

  it('can be tried as they are, and say where to read what they have made', async () => {
    const { client } = shop;
    const all = examples();
    expect(all.length).toBeGreaterThan(40);
    const order = all.filter(({ operationId }) => !LAST.includes(operationId));
    order.push(...all.filter(({ operationId }) => LAST.includes(operationId)));
    const seen: Record<string, unknown> = {};
    const places: Record<string, number> = {};
    for (const { operationId, method, path, body, roles } of order) {
      // A user's own things are the caller's: the example of another user's id is for admins, and for nobody here.
      const own = path.replace(/([?&])userId=[^&]*&?/, '$1');
      const token = roles.includes('customer') ? customer.token : await client.admin();
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await client.send(method, own, text, roles.length === 0 ? {} : { token });
      const isFine = answer.status < 400 || answer.status === NOT_THERE[operationId];
      const place = answer.headers.get('location');
      if (place !== null) {
        places[operationId] = (await client.get(place, { token })).status;
      }
      if (!isFine) seen[operationId] = { path: own, body, status: answer.status, answer: answer.body };
    }
    expect(seen).toEqual({});
    const { all: makers, withPlace } = making();
    expect(places).toEqual(Object.fromEntries(withPlace.map((name) => [name, 200])));
    expect(makers.filter((name) => !withPlace.includes(name)).toSorted()).toEqual(WITHOUT_PLACE.toSorted());
  });
});
