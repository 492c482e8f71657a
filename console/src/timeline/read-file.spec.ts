import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { example, EXAMPLES, exampleText } from './examples/index.js';
import { FILE_BYTES_MAX, readTimelineFile } from './read-file.js';

const ajv = new Ajv2020({ strict: false });
ajv.addFormat('uuid', /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i);
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
ajv.addFormat('int64', true);
const schema = new URL('../../../docs/timeline.schema.json', import.meta.url);
const isValid = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);

const isRead = (value: unknown): boolean => readTimelineFile(JSON.stringify(value)).ok;

type Place = readonly (string | number)[];

/** All places of a value, itself included. */
function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, its]) => placesIn(its, [...at, name]))];
}

/** A copy with something else at a place; without it where that is `undefined`. */
function put(value: unknown, [name, ...rest]: Place, other: unknown): unknown {
  if (name === undefined) return other;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as object) };
  const its = put(copy[name], rest, other);
  if (its === undefined && Array.isArray(copy)) copy.splice(Number(name), 1);
  else if (its === undefined) delete copy[name];
  else copy[name] = its;
  return copy;
}

/** What the file may have there instead. */
const others: fc.Arbitrary<unknown> = fc.constantFrom<unknown[]>(
  undefined,
  null,
  true,
  '',
  'DONE',
  'wallet',
  0,
  -1,
  1.5,
  2,
  1e20,
  [],
  {},
  [{}],
  '2026-01-01T00:00:00.000Z',
  '01920000-0000-7000-8000-0000000000a1',
);

describe('reading an exported file', () => {
  it('takes what the shop exports', () => {
    for (const name of EXAMPLES) {
      expect(readTimelineFile(exampleText(name))).toEqual({ ok: true, timeline: example(name) });
    }
  });

  it('takes exactly what the published schema takes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EXAMPLES), fc.nat(), others, (name, nth, other) => {
        const timeline = example(name);
        const places = placesIn(timeline);
        const changed = put(timeline, places[nth % places.length]!, other);
        fc.pre(changed !== undefined);
        expect({ changed, isRead: isRead(changed) }).toEqual({ changed, isRead: isValid(changed) });
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes fields that later releases have added', () => {
    const [first, ...rest] = example('success').steps;
    expect(
      isRead({ ...example('success'), mood: 'good', steps: [{ ...first, receivedAt: 'x' }, ...rest] }),
    ).toBe(true);
  });

  it('says of another version which one it is', () => {
    for (const version of [0, 2, 17]) {
      const content = JSON.stringify({ ...example('success'), version });
      expect(readTimelineFile(content)).toEqual({
        ok: false,
        fault: { kind: 'OTHER_VERSION', version: String(version) },
      });
    }
  });

  it('says of a broken file where it is broken', () => {
    const at = (place: Place, other: unknown) =>
      readTimelineFile(JSON.stringify(put(example('success'), place, other)));
    expect(at(['steps', 1, 'askedAt'], 'yesterday')).toEqual({
      ok: false,
      fault: { kind: 'NOT_A_TIMELINE', path: 'steps[1].askedAt', expected: 'time' },
    });
    expect(at(['why', 'ko'], undefined)).toMatchObject({ fault: { path: 'why.ko', expected: 'value' } });
    expect(at([], [])).toMatchObject({ fault: { path: '/', expected: 'fields' } });
    expect(at(['placed', 'at'], '2026-13-01T00:00:00.000Z')).toMatchObject({ fault: { path: 'placed.at' } });
    expect(readTimelineFile('{"version":1')).toEqual({ ok: false, fault: { kind: 'NOT_JSON' } });
    expect(readTimelineFile(' '.repeat(FILE_BYTES_MAX + 1))).toEqual({
      ok: false,
      fault: { kind: 'TOO_LARGE' },
    });
  });

  it('does not draw more than can be looked at', () => {
    const timeline = example('success');
    const steps = Array.from({ length: 101 }, () => timeline.steps[0]!);
    expect(readTimelineFile(JSON.stringify({ ...timeline, steps }))).toMatchObject({
      fault: { path: 'steps', expected: 'list' },
    });
  });
});
