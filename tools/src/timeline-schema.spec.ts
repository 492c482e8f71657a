import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './schema-comparison.js';
import { timelineBreaks, timelineSchema } from './timeline-schema.js';

const version = { type: 'integer', const: 1 };
const document: JsonObject = {
  components: {
    schemas: {
      OrderTimeline: {
        type: 'object',
        properties: { version, steps: { type: 'array', items: { $ref: '#/components/schemas/Step' } } },
        required: ['version', 'steps'],
      },
      Step: { type: 'object', properties: { at: { $ref: '#/components/schemas/Time' } }, required: ['at'] },
      Time: { type: 'string' },
      Unused: { type: 'string' },
    },
  },
};

describe('the schema of a timeline', () => {
  it('stands alone: it has all that it refers to, and nothing else', () => {
    const schema = timelineSchema(document);
    expect(schema.$defs).toEqual({
      Step: { type: 'object', properties: { at: { $ref: '#/$defs/Time' } }, required: ['at'] },
      Time: { type: 'string' },
    });
    expect(JSON.stringify(schema)).not.toContain('#/components');
  });

  it('takes nothing away under one version, and what it likes under another', () => {
    const before = timelineSchema(document);
    const lost = {
      ...before,
      $defs: { ...(before.$defs as object), Step: { type: 'object', properties: {} } },
    };
    expect(timelineBreaks(before, before)).toEqual([]);
    expect(timelineBreaks(before, lost as JsonObject)).not.toEqual([]);
    const properties = {
      ...(lost as JsonObject as { properties: object }).properties,
      version: { const: 2 },
    };
    expect(timelineBreaks(before, { ...lost, properties } as unknown as JsonObject)).toEqual([]);
  });
});
