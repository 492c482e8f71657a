import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { services } from '../src/services.js';

const program = promisify(execFile);

const pages = [
  ...readdirSync(projectRoot()).filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md'),
  ...readdirSync(join(projectRoot(), 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Commands that the documents have people run by hand, each with the word before it that is the program. */
const commands = pages.flatMap((page) =>
  [
    ...readFileSync(join(projectRoot(), page), 'utf8').matchAll(
      /(\S+) ((?:services|libs)\/\S+\/dist\/src\/\S+\.js)/g,
    ),
  ].map(([, runs = '', file = '']) => ({
    page,
    runs: runs.replace(/^`/, ''),
    file: file.replace(/`.*$/, ''),
  })),
);

const each = commands.flatMap(({ page, runs, file }) =>
  (file.includes('<name>') ? services : [undefined]).map((service) => {
    const path = service === undefined ? file : file.replace('<name>', service);
    return [`${runs} ${path}`, page, runs, path] as const;
  }),
);

describe('what the documents say', () => {
  it('is found', () => {
    expect(each.length).toBeGreaterThan(10);
  });

  it.each(each)(
    '%s runs as %s has it, whatever Node the machine has',
    async (_command, _page, runs, path) => {
      // Without a Node in the PATH: what is called `node` there may be an older one, or none.
      const running = program(join(projectRoot(), runs), [path], {
        cwd: projectRoot(),
        env: { PATH: '/none' },
      });
      const {
        code,
        stderr = '',
        stdout = '',
      } = (await running.catch((error: unknown) => error)) as {
        code?: number;
        stderr?: string;
        stdout?: string;
      };
      // It begins, and asks for what it has not been told.
      expect(code).not.toBe('ENOENT');
      expect(`${stdout}${stderr}`).toMatch(/DATABASE_URL|HTTP_PORT|--from/);
      expect(stderr).not.toContain('SyntaxError');
    },
  );
});
