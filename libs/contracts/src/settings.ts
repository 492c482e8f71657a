import { z } from 'zod';

/** A variable for a whole number within bounds, both included. */
export const wholeNumber = (least: number, most: number, usual: number) =>
  z.coerce.number().int().min(least).max(most).default(usual);
