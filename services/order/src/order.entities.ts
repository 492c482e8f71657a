/** All tables of the order service, by subject. */
export * as saga from './saga/saga.entities.js';
export * as cart from './cart/cart.entities.js';
export * as dataPlatform from './data-platform/relay.entities.js';
export * as operations from './operations/operations.entities.js';
