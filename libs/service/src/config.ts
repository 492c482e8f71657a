import { ConfigurationError, wholeNumber } from '@jangteo/contracts';
import { z } from 'zod';
import { unfitForProduction } from './production.js';

/** The variables that every service reads from the environment, whatever else it needs. */
export const serviceEnv = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('in `production` a secret that is missing, or that everybody knows, stops the start'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('the least severe lines that are logged; logs are JSON lines'),
  HTTP_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address on which health and metrics are served, and at the gateway the API'),
  HTTP_PORT: z.coerce.number().int().min(0).max(65_535).describe('port of it; 0 for any that is free'),
  LIST_BYTES_MAX: wholeNumber(16_384, 1_048_576, 65_536).meta({
    description:
      'bytes on one page of products or orders: a page of large ones ends before its `limit`, after one ' +
      'entry at least, and goes on with `next`',
    services: ['catalog', 'order'],
  }),
};

/** Of the wallet, which charges in it, and of the console, which shows it. */
export const currency = z
  .string()
  .regex(/^[a-z]{3}$/, 'must be an ISO 4217 code in lower case')
  .default('krw')
  .describe('of all amounts, as ISO 4217 in lower case');

/** Injection token of the service's configuration. */
export const CONFIG = Symbol('configuration');

const productionProblems = (config: Readonly<Record<string, unknown>>): string[] =>
  config.NODE_ENV === 'production' ? unfitForProduction(config) : [];

/**
 * Reads a configuration once. A variable that is set to nothing counts as not set. In production, secrets that are
 * missing or that everybody knows do not fit.
 *
 * @param shape the variables by name; a default makes one optional
 * @throws ConfigurationError naming every variable that is missing or wrong, never its value
 */
export function readConfig<S extends z.ZodRawShape>(
  shape: S,
  environment: NodeJS.ProcessEnv = process.env,
): z.infer<z.ZodObject<S>> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = z.object(shape).safeParse(given);
  const problems = result.success
    ? productionProblems(result.data)
    : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (result.success && problems.length === 0) return result.data;
  throw new ConfigurationError(`the environment does not fit: ${problems.join('; ')}`);
}
