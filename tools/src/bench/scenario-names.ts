/** In the order in which they run. */
export const SCENARIO_NAMES = [
  'orders',
  'coupon',
  'hot',
  'products',
  'product',
  'top',
  'balance',
  'race',
  'overload',
  'flood',
  'neighbours',
  'limit',
  'stored',
  'audit',
  'long',
] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** Not run unless named: clients that ask again at once when they are sent away. */
export const ON_DEMAND: readonly ScenarioName[] = ['flood'];

/** The scenario `stored` measures everything once before and once after. */
export const EMPTY = 'nothing stored';
export const FULL = 'all stored';

/** Reads of the scenario `stored`: all that could cost more with each order of the past. */
export const READ_WITH_STORED = ['orders of a customer', 'products', 'top', 'sagas'] as const;
