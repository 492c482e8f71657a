import {
  addOption,
  changeOption,
  changeProduct,
  createProduct,
  listAllProducts,
  listMovements,
  listProducts,
  readProducts,
  releaseStock,
  reserveStock,
  restock,
  type PayloadOf,
} from '@jangteo/contracts';
import type { Statement } from '@jangteo/database';
import { answer, newId, payloadsOf, type Handler } from '@jangteo/messaging';
import {
  findHandler,
  once,
  operationHandler,
  orderRowsHandler,
  OUTCOME_OF_COMMAND,
  read,
} from '@jangteo/service';
import { decideOptionChanges, decideOptions } from './domain/option-change.js';
import { decideChanges, decideCreations, type AddedOptions } from './domain/product.js';
import { decideReleases, decideReservations } from './domain/reservation.js';
import { decideRestocks } from './domain/restock.js';
import { movementsOf } from './movements.js';
import { ProductHandler } from './product.handler.js';
import {
  findProducts,
  holdVersions,
  insertOptions,
  insertProducts,
  lockProducts,
  readNow,
  updateOptions,
  updateProducts,
} from './product.queries.js';
import {
  holdStock,
  lockedOptions,
  lockOptions,
  moveStock,
  putBackStock,
  readHeld,
  readReservationsOf,
} from './stock.queries.js';

/** A page may be 150 KB, what a cart needs 370 KB, and those of a batch are held at a time. */
const PAGES = { batchSizeMax: 50 };

export const catalogHandlers: readonly Handler[] = [
  answer(listProducts, ProductHandler, (products, batch) => products.list(payloadsOf(batch)), PAGES),
  answer(listAllProducts, ProductHandler, (products, batch) => products.listAll(payloadsOf(batch)), PAGES),
  read(listMovements, movementsOf),
  answer(readProducts, ProductHandler, (products, batch) => products.read(payloadsOf(batch)), PAGES),
  once(createProduct, {
    // Nothing to lock: a repeat that runs at the same time meets the unique key of the outcomes.
    load: readNow,
    decide: (now, requests) => decideCreations(requests, { now, newId }),
    save: (made) => [...insertProducts(made.products), ...receive(made)],
  }),
  once(changeProduct, {
    load: (tx, requests) => lockProducts(tx, productsOf(requests)),
    decide: decideChanges,
    save: updateProducts,
  }),
  once(addOption, {
    load: (tx, requests) => lockProducts(tx, productsOf(requests)),
    decide: (found, requests) => decideOptions(found, requests, newId),
    save: (made) => [...updateProducts(made.products), ...receive(made)],
  }),
  once(changeOption, {
    load: (tx, requests) => lockProducts(tx, productsOf(requests)),
    decide: decideOptionChanges,
    save: ({ products, options }) => [...updateProducts(products), ...updateOptions(options)],
  }),
  once(restock, {
    async load(tx, requests) {
      // Products before their options, as changes of these lock them.
      const versioned = requests.filter(({ versions }) => versions !== undefined);
      const [versions, options] = await Promise.all([
        holdVersions(tx, productsOf(versioned)),
        lockedOptions(tx, productsOf(requests)),
      ]);
      return { versions, options };
    },
    decide: ({ versions, options }, requests) => decideRestocks(options, requests, versions),
    save: moveStock,
  }),
  once(reserveStock, {
    load: (tx, orders) => lockedOptions(tx, productsOfOrders(orders)),
    decide: decideReservations,
    save: holdStock,
  }),
  once(releaseStock, {
    async load(tx, orders) {
      const orderIds = orders.map(({ orderId }) => orderId);
      // The locks first: a reservation that held them until a moment ago must be seen.
      const [, held] = await Promise.all([lockOptions(tx, productsOfOrders(orders)), readHeld(tx, orderIds)]);
      return held;
    },
    decide: decideReleases,
    save: putBackStock,
  }),
  orderRowsHandler('catalog', readReservationsOf),
  operationHandler('catalog', OUTCOME_OF_COMMAND),
  findHandler('catalog', { find: findProducts }),
];

/** Saves new options, with their first stock. */
function receive({ options, movements }: AddedOptions): Statement[] {
  return [...insertOptions(options), ...moveStock({ deltas: [], movements })];
}

function productsOf(payloads: readonly { readonly productId: string }[]): string[] {
  return [...new Set(payloads.map(({ productId }) => productId))];
}

function productsOfOrders(orders: readonly Pick<PayloadOf<typeof reserveStock>, 'items'>[]): string[] {
  return productsOf(orders.flatMap(({ items }) => items));
}
