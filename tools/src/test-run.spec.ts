import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { countTests, failureLines, untestedLines } from './test-run.js';

describe('A report of tests', () => {
  let dir = '';

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'report-'));
  });

  afterAll(() => rm(dir, { recursive: true }));

  async function write(report: object): Promise<string> {
    const path = join(dir, 'report.json');
    await writeFile(path, JSON.stringify(report));
    return path;
  }

  const file = (name: string): string => join(projectRoot(), 'services', 'order', name);

  it('tells each failure on a line: where, its title, and how its message begins', async () => {
    const path = await write({
      numPassedTests: 1,
      numFailedTests: 1,
      numRuntimeErrorTestSuites: 1,
      testResults: [
        {
          name: file('saga.spec.ts'),
          status: 'failed',
          message: 'all of it',
          assertionResults: [
            { status: 'passed', fullName: 'A saga begins', failureMessages: [] },
            {
              status: 'failed',
              fullName: 'A saga ends',
              failureMessages: [`\u001B[31mExpected:\u001B[39m 1\n\nReceived: 2 ${'x'.repeat(500)}`],
            },
          ],
        },
        {
          name: file('broken.spec.ts'),
          status: 'failed',
          message: 'Cannot find module',
          assertionResults: [],
        },
        { name: file('good.spec.ts'), status: 'passed', message: '', assertionResults: [] },
      ],
    });
    const lines = await failureLines(path);
    expect(lines).toEqual([
      expect.stringMatching(
        /^FAILED services\/order\/saga\.spec\.ts › A saga ends: Expected: 1 Received: 2 x+ \.\.\.$/,
      ),
      'FAILED services/order/broken.spec.ts: Cannot find module',
    ]);
    expect(lines[0]?.length).toBeLessThan(350);
    expect(await countTests(path)).toEqual({ passed: 1, failed: 2 });
  });

  it('tells each test that was left out on a line', async () => {
    const assertionResults = ['passed', 'pending', 'todo'].map((status) => ({
      status,
      fullName: `A tour that is ${status}`,
    }));
    const path = await write({
      testResults: [{ name: file('tour.spec.ts'), status: 'passed', message: '', assertionResults }],
    });
    expect(await untestedLines(path)).toEqual([
      '######## NOT TESTED: services/order/tour.spec.ts › A tour that is pending',
      '######## NOT TESTED: services/order/tour.spec.ts › A tour that is todo',
    ]);
  });

  it('is one failure when there is none', async () => {
    const path = join(dir, 'missing.json');
    expect(await countTests(path)).toEqual({ passed: 0, failed: 1 });
    expect(await failureLines(path)).toEqual([]);
    expect(await untestedLines(path)).toEqual([]);
  });
});
