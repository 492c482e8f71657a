export { stepsOf, unitsOf, type SaleEvent } from './sales.js';
