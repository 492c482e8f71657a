import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

/** Starts tracing in a process of its own, and prints whether it is on and which packages were loaded for it. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({ load(url, context, next) {
    const [, name] = /node_modules\\/(@opentelemetry\\/[^/]+)\\//.exec(url) ?? [];
    if (name !== undefined) loaded.add(name);
    return next(url, context);
  } });
  const { isTracing, startTracing, tracingEnv } = await import('@jangteo/tracing');
  const { z } = await import('zod');
  const stop = await startTracing('order', z.object(tracingEnv).parse(process.env), console);
  console.log(JSON.stringify({ on: isTracing(), loaded: [...loaded] }));
  await stop?.(100);
`;

async function started(env: Record<string, string>): Promise<{ on: boolean; loaded: string[] }> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', PROGRAM], { env });
  return JSON.parse(stdout) as { on: boolean; loaded: string[] };
}

describe('starting to trace', () => {
  it('loads nothing of the SDK where nobody asked for traces', async () => {
    expect(await started({})).toEqual({ on: false, loaded: ['@opentelemetry/api'] });
  });

  it('loads it where somebody did', async () => {
    const { on, loaded } = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    expect(on).toBe(true);
    expect(loaded).toContain('@opentelemetry/sdk-trace');
  });
});
