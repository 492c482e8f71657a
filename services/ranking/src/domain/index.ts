export { stepsOf, unitsOf, type SaleEvent } from './sales.js';
export { nextStep, spareStep, type Step, type Tally } from './tallying.js';
