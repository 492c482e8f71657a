import { describe, expect, it } from '@jest/globals';
import { readReport, unexplained } from './schemathesis-report.js';
import { withMoreFields } from './shop-of-tomorrow.js';
import { NotHere, runAll, runHere } from './tooling.js';

describe('what schemathesis found', () => {
  const report = (more: object = {}) =>
    JSON.stringify({
      complete: true,
      test_cases: { generated: 30 },
      failures: [{ type: 'ServerError', operations: ['GET /cups', 'POST /cups/{cupId}'] }],
      errors: [],
      ...more,
    });

  it('is read by operation', () => {
    const findings = [
      { type: 'ServerError', operation: 'GET /cups' },
      { type: 'ServerError', operation: 'POST /cups/{cupId}' },
    ];
    expect(readReport(report())).toEqual({ cases: 30, findings });
  });

  it('is nothing to go by where it did not come to its end', () => {
    expect(() => readReport(report({ complete: false }))).toThrow('not all was tested');
    expect(() => readReport(report({ errors: ['GET /cups'] }))).toThrow('GET /cups');
  });

  it.each([
    ['its type and operation', 'ServerError', 'GET /cups', 1],
    ['a pattern', 'ServerError', '* /cups*', 0],
    ['another type', 'JsonSchemaError', '*', 2],
    ['the beginning of it alone', 'ServerError', 'POST /cups/', 2],
  ])('is explained by %s', (_title, type, operation, left) => {
    const explanations = [{ type, operation, because: 'it is so' }];
    expect(unexplained(readReport(report()).findings, explanations)).toHaveLength(left);
  });
});

describe('a shop of tomorrow', () => {
  it('has a field more in each object', () => {
    const more = { fieldOfTomorrow: { status: 'up' } };
    expect(withMoreFields([{ name: 'cup', parts: [{ size: 1 }] }, 'text', null])).toEqual([
      { name: 'cup', parts: [{ size: 1, ...more }], ...more },
      'text',
      null,
    ]);
  });
});

describe('the tools of a language', () => {
  it('are not here where a program is missing or its registry cannot be reached', async () => {
    await expect(runAll([['no-such-program-at-all']], '.')).rejects.toThrow(NotHere);
    const unreachable = "process.stderr.write('dial tcp: lookup somewhere: no such host'); process.exit(1)";
    await expect(runAll([[process.execPath, '-e', unreachable]], '.')).rejects.toThrow(NotHere);
  });

  it('fail where what was made with them does not compile', async () => {
    const failing = runAll([[process.execPath, '-e', "console.log('line 7: wrong'); process.exit(1)"]], '.');
    await expect(failing).rejects.toThrow('line 7: wrong');
    await expect(failing).rejects.not.toBeInstanceOf(NotHere);
  });

  it('fail where they are here, whatever they say', async () => {
    const missing = "console.log('ENOENT: 시장.md'); process.exit(1)";
    const failing = runHere([process.execPath, '-e', missing], '.');
    await expect(failing).rejects.toThrow('ENOENT: 시장.md');
    await expect(failing).rejects.not.toBeInstanceOf(NotHere);
  });
});
