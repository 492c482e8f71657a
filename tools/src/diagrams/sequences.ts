import { MESSAGES, type AnsweredContract } from '@jangteo/contracts';
import type { PrintedRoute } from '../documents.js';
import { ISSUE_CASES, IssueRun } from './coupon-run.js';
import { titled } from './markdown.js';
import { ORDER_CASES, orderDiagram } from './order-cases.js';
import { platformDiagram } from './platform-run.js';
import { productDiagram } from './product-run.js';
import { rankingDiagram } from './ranking-run.js';
import { Sequence } from './sequence.js';
import { CHARGE_CASES, ChargeRun } from './wallet-run.js';

const RECORDED = '*Recorded.*';
const DECLARED = '*From the contract.*';

const INTRODUCTION = `Amounts are in minor units; ids and times are left out.

- ${RECORDED} The messages of a run in memory in which the services' own functions decide, the same ones at each run.
  Orders run in the simulation (\`npm run simulate\`), as they do with failures; of the others the queues and tables
  around the decisions are made of a few lines in \`tools/src/diagrams\`.
- ${DECLARED} What the route is documented to ask of services, in its order. Nothing was run: what it asks only in
  some cases is drawn, and what it asks twice is drawn once.`;

function section(title: string, how: string, caption: string, diagram: string): string[] {
  return [`## ${title}`, `${how} ${caption}`, diagram];
}

function routeOf(routes: readonly PrintedRoute[], id: string): PrintedRoute {
  const route = routes.find((one) => one.id === id);
  if (route === undefined) throw new Error(`the API has no ${id}`);
  return route;
}

/** The fields of an answer's value. */
function fieldsOf(contract: AnsweredContract): string {
  const { example } = contract;
  return Object.keys(example.value as object).join(', ');
}

/** What a route asks, one service after the other. */
export function routeDiagram({ method, path, status, asks }: PrintedRoute): string {
  const sequence = new Sequence();
  sequence.call('client', 'gateway', `${method.toUpperCase()} ${path}`);
  for (const type of asks) {
    const contract = MESSAGES.find(
      (one): one is AnsweredContract => one.type === type && one.kind !== 'event',
    );
    if (contract === undefined) throw new Error(`there is no message ${type}`);
    sequence.call('gateway', contract.service, type);
    sequence.answer(contract.service, 'gateway', fieldsOf(contract));
  }
  sequence.answer('gateway', 'client', String(status));
  return sequence.diagram();
}

/** Routes that only ask, with what is to be said of them. */
const ROUTES: readonly (readonly [id: string, title: string, caption: string])[] = [
  ['readBalance', 'Balance: read', 'A user who never charged has 0.'],
  ['listProducts', 'Products: a page', 'Names and prices come from the cache as below.'],
  [
    'addToCart',
    'Cart: add',
    'The catalog is asked first: a line goes as far as stock covers it. It is shown with prices of the moment.',
  ],
  ['readCart', 'Cart: read', 'Names, prices and stock are of the moment.'],
  ['setCartItem', 'Cart: set a quantity', '0 takes the line out.'],
  ['removeFromCart', 'Cart: remove a line', 'Whatever its quantity.'],
  ['clearCart', 'Cart: clear', 'What is being ordered from it is ordered all the same.'],
  ['listMyCoupons', "Coupon: a user's own", 'With their status of this moment.'],
  [
    'readTopProducts',
    'Ranking: read',
    'Products that are not on sale any more leave their places to those behind them.',
  ],
];

/** The page of all use cases. */
export async function sequencesPage(routes: readonly PrintedRoute[]): Promise<string> {
  const [charging, issuing, reading] = ['chargeBalance', 'issueCoupon', 'readProduct'].map((id) =>
    routeOf(routes, id),
  ) as [PrintedRoute, PrintedRoute, PrintedRoute];
  return titled('Use cases', INTRODUCTION, [
    ...ORDER_CASES.flatMap((one) => section(one.title, RECORDED, one.caption, orderDiagram(routes, one))),
    ...CHARGE_CASES.flatMap(({ title, caption, happens }) => {
      const run = new ChargeRun(charging);
      happens(run);
      return section(title, RECORDED, caption, run.sequence.diagram());
    }),
    ...ISSUE_CASES.flatMap(({ title, caption, terms, happens }) => {
      const run = new IssueRun(issuing, terms);
      happens(run);
      return section(title, RECORDED, caption, run.sequence.diagram());
    }),
    ...section(
      'Products: through the cache',
      RECORDED,
      "The catalog's own classes, on a database and a Redis that answer what is drawn. Stock, status and version are read every time; an entry below that version is as good as none.",
      await productDiagram(reading),
    ),
    ...section(
      'Ranking: batch',
      RECORDED,
      'Each step is a transaction of its own. Here the tally of 10:00 was not made ahead, as after a time without the service.',
      rankingDiagram(),
    ),
    ...section(
      'Data platform',
      RECORDED,
      'Numbers have no gap and are given after the commit, so no order waits for the platform.',
      platformDiagram(routes),
    ),
    ...ROUTES.flatMap(([id, title, caption]) =>
      section(title, DECLARED, caption, routeDiagram(routeOf(routes, id))),
    ),
  ]);
}
