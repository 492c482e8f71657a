import { randomUUID } from 'node:crypto';
import { isWanted, type TracingConfig } from './config.js';
import type { StopTracing, TracingLog } from './tracing.types.js';

/**
 * Begins to keep spans and to send them, where the environment asks for it. Nothing of the SDK is loaded otherwise.
 *
 * @param service what the spans are said to be of, unless OTEL_SERVICE_NAME says otherwise
 * @returns undefined where nothing is traced
 */
export async function startTracing(
  service: string,
  config: TracingConfig,
  log: TracingLog,
): Promise<StopTracing | undefined> {
  if (!isWanted(config)) return undefined;
  const { startSdk } = await import('./sdk.js');
  return startSdk({ service, instanceId: randomUUID(), config, log });
}
