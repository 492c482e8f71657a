import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REFUSAL_CODES, REFUSALS, SERVICES, type RefusalCode } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import { z } from 'zod';
import { inKorean, TITLES } from '../domain/korean.js';
import { problemOf } from '../domain/problem.js';

const HANGUL = /[가-힣]/;

/** Who refuses, and whose words reach clients. */
const FOLDERS = [
  'libs/contracts/src',
  'libs/database/src',
  'libs/service/src/dead-letters',
  ...SERVICES.map((service) => `services/${service}/src/domain`),
  'services/gateway/src',
];

const TEXT = String.raw`('(?:[^'\\]|\\.)*'|${'`'}[^${'`'}]*${'`'})`;

/** Where a detail or a message is written: `refuse(code, detail)`, `detail:`, `message:`, and what zod is given. */
const WRITTEN = [
  String.raw`refuse\(\s*'[A-Z_]+',\s*${TEXT}`,
  String.raw`refuseField\(\s*[^,()]+,\s*${TEXT}`,
  String.raw`\b(?:detail|message): ${TEXT}`,
  String.raw`\bconst message = ${TEXT}`,
  String.raw`\.(?:refine|regex)\([^'${'`'}]*,\s*${TEXT}`,
].map((pattern) => new RegExp(pattern, 'g'));

/** Of files whose texts are for operators or documents. */
const NOT_FOR_CLIENTS =
  /\.spec\.ts$|\.config\.ts$|glossary|api-problems|\/names\.ts$|dead-letters\.ts$|responses\.ts$|openapi\.ts$/;

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => !NOT_FOR_CLIENTS.test(file));
}

/** With something in the place of what is put in. */
const sampleOf = (literal: string): string => literal.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '7');

function written(): string[] {
  const files = FOLDERS.flatMap((folder) => filesIn(join(projectRoot(), folder)));
  const texts = files.flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    return WRITTEN.flatMap((pattern) => [...source.matchAll(pattern)].map(([, text]) => sampleOf(text!)));
  });
  return [...new Set(texts)].filter((text) => text.includes(' '));
}

describe('problems in Korean', () => {
  it.each(REFUSAL_CODES)('have a title for %s', (code) => {
    expect(TITLES[code]).toMatch(HANGUL);
    expect(TITLES[code]).toMatch(/니다$/);
    expect(problemOf({ code }, 'ko')).toMatchObject({ code, title: TITLES[code], detail: TITLES[code] });
  });

  it('have words for all that services and gateway say in English', () => {
    const all = written();
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter((text) => inKorean(text) === undefined)).toEqual([]);
  });

  it('have words for what zod says of a field', () => {
    const wrong: [z.ZodType, unknown][] = [
      [z.string(), undefined],
      [z.string(), 7],
      [z.string().min(2), 'x'],
      [z.string().max(1), 'xx'],
      [z.array(z.int()).min(1), []],
      [z.array(z.int()).max(1), [1, 2]],
      [z.int(), 1.5],
      [z.int().min(1), 0],
      [z.int().max(1), 2],
      [z.int().gt(1), 1],
      [z.int().lt(1), 1],
      [z.int(), 2 ** 60],
      [z.enum(['a', 'b']), 'c'],
      [z.literal(true), false],
      [z.email(), 'x'],
      [z.uuid(), 'x'],
      [z.iso.datetime(), 'x'],
      [z.string().regex(/^a$/), 'b'],
      [z.strictObject({}), 'x'],
      [z.union([z.string(), z.int()]), true],
    ];
    const messages = wrong.map(([schema, value]) => schema.safeParse(value).error!.issues[0]!.message);
    expect(messages.filter((message) => !HANGUL.test(inKorean(message) ?? ''))).toEqual([]);
  });

  it('tell numbers, times and lists as they are', () => {
    expect(inKorean('1200 is due, 700 is there')).toBe('결제할 금액은 1200, 잔액은 700입니다');
    expect(inKorean('the account has a balance of 500, orders on their way (2)')).toBe(
      '계정에 다음이 남아 있습니다: 잔액 500, 진행 중인 주문 2건',
    );
    expect(inKorean('Too small: expected number to be >=1')).toBe('1 이상이어야 합니다');
  });

  it('say what happened where nobody has translated why', () => {
    const refusal = {
      code: 'VALIDATION_FAILED' as const,
      detail: 'said by a later release',
      errors: [{ path: 'size', message: 'said by a later release' }],
    };
    expect(problemOf(refusal, 'ko')).toMatchObject({
      title: TITLES.VALIDATION_FAILED,
      detail: TITLES.VALIDATION_FAILED,
      errors: [{ path: 'size', message: '올바르지 않은 값입니다' }],
    });
    expect(problemOf(refusal)).toMatchObject(refusal);
  });
});

describe.each([
  ['docs/errors.md', (code: RefusalCode) => REFUSALS[code].title],
  ['docs/ko/errors.md', (code: RefusalCode) => TITLES[code]],
])('%s', (page, titleOf) => {
  const text = readFileSync(join(projectRoot(), page), 'utf8');
  const found = [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+?) \| .+ \|$/gm)];

  it('R40: explains every problem once, with its status and title', () => {
    const all = REFUSAL_CODES.map((code) => [code, [String(REFUSALS[code].status), titleOf(code)]] as const);
    expect(found).toHaveLength(all.length);
    expect(Object.fromEntries(found.map(([, code, ...cells]) => [code, cells]))).toEqual(
      Object.fromEntries(all),
    );
  });
});
