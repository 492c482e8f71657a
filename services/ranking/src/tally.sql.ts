const WINDOWS = Array.from({ length: 30 }, (_, i) => i + 1);

/** One expression a window, for the columns of its sums. */
export const EACH_WINDOW = {
  columns: WINDOWS.map((days) => `w${days}`).join(', '),
  list: (expressionOf: (days: number) => string): string => WINDOWS.map(expressionOf).join(', '),
};

/** Ids before and after all products. */
export const NO_PRODUCT = '00000000-0000-0000-0000-000000000000';
export const LAST_PRODUCT = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
