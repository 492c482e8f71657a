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
] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];
