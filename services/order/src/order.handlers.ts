import {
  addToCart,
  cancelOrder,
  clearCart,
  listAllOrders,
  listOrders,
  listStuckSagas,
  nudgeSaga,
  nudgeSagas,
  placeOrder,
  previewCancel,
  readCart,
  readOrder,
  readOrderFigures,
  readOrderFlow,
  readProgress,
  readRecords,
  readTimeline,
  redriveOrders,
  removeFromCart,
  SAGA_STEPS,
  setCartItem,
} from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { answer, answerAlike, answerEach, hearReplies, payloadsOf, type Handler } from '@jangteo/messaging';
import { findHandler, operationHandler, read } from '@jangteo/service';
import { addToCarts, clearCarts, readCarts, removeFromCarts, setCartItems } from './cart/cart.handler.js';
import { OrderFlow, progressOf } from './operations/live.handler.js';
import { findNamedOrders } from './operations/find.queries.js';
import { RedriveHandler } from './operations/redrive.handler.js';
import { timelinesOf } from './operations/timeline.handler.js';
import { StuckSagaHandler } from './operations/stuck-saga.handler.js';
import { END_OF_WAIT, readNudgedBy } from './operations/stuck-saga.queries.js';
import { figuresOf, OrderHandler } from './saga/order.handler.js';
import { SagaHandler } from './saga/saga.handler.js';

/** An order, or a page of one, may be 180 KB, a page of stuck sagas 460 KB: those of a batch are held at a time, and others wait while they are made. */
const LARGE = { batchSizeMax: 10 };

/** Requests that the order service answers, and the replies that it hears. */
export const orderHandlers: readonly Handler[] = [
  answer(placeOrder, OrderHandler, (orders, batch) => orders.place(batch)),
  answer(readOrder, OrderHandler, (orders, batch) => orders.read(batch), LARGE),
  answer(listOrders, OrderHandler, (orders, batch) => orders.list(batch), LARGE),
  answerEach(listAllOrders, OrderHandler, (orders, payload) => orders.listAll(payload), LARGE),
  answerEach(readRecords, OrderHandler, (orders, payload) => orders.readRecords(payload), LARGE),
  answer(previewCancel, OrderHandler, (orders, batch) => orders.previewCancel(batch), LARGE),
  read(readOrderFigures, figuresOf),
  read(readTimeline, timelinesOf, LARGE),
  read(readProgress, progressOf, LARGE),
  answerAlike(readOrderFlow, OrderFlow, (flow) => flow.read()),
  answer(cancelOrder, SagaHandler, (sagas, batch) => sagas.cancel(batch)),
  hearReplies(
    SAGA_STEPS.flatMap(({ action, undo }) => [action, undo]),
    SagaHandler,
    (sagas, batch) => sagas.hearReplies(batch),
  ),

  read(readCart, readCarts),
  answer(addToCart, Database, (database, batch) => addToCarts(payloadsOf(batch), database)),
  answer(setCartItem, Database, (database, batch) => setCartItems(payloadsOf(batch), database)),
  answer(clearCart, Database, (database, batch) => clearCarts(payloadsOf(batch), database)),
  answer(removeFromCart, Database, (database, batch) => removeFromCarts(payloadsOf(batch), database)),

  answerEach(listStuckSagas, StuckSagaHandler, (sagas, payload) => sagas.list(payload), LARGE),
  answerEach(nudgeSaga, StuckSagaHandler, (sagas, payload) => sagas.nudge(payload)),
  answerEach(nudgeSagas, StuckSagaHandler, (sagas, payload) => sagas.nudgeAll(payload)),
  answerEach(redriveOrders, RedriveHandler, (redrives, payload) => redrives.redrive(payload)),
  operationHandler('order', END_OF_WAIT, readNudgedBy),
  findHandler('order', { find: findNamedOrders }),
];
