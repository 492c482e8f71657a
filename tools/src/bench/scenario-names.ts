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
  'limit',
  'stored',
  'audit',
  'long',
] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** Not run unless named: clients that ask again at once when they are sent away. */
export const ON_DEMAND: readonly ScenarioName[] = ['flood'];
