import { describe, expect, it } from '@jest/globals';
import { asyncApi } from './asyncapi.js';
import { messageBreaks, SCHEMA_VERSION } from './message-changes.js';
import type { JsonObject } from './schema-comparison.js';

const TODAY = JSON.stringify(asyncApi());
const today = JSON.parse(TODAY) as JsonObject;

/** The document of today, changed. */
function changed(change: (text: string) => string): JsonObject {
  const after = change(TODAY);
  expect(after).not.toBe(TODAY);
  return JSON.parse(after) as JsonObject;
}

/** A document with one message of this payload. */
function withPayload(payload: JsonObject, version = 1): JsonObject {
  return { channels: {}, components: { messages: { 'cup.made': { payload, [SCHEMA_VERSION]: version } } } };
}

const size = { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] };

describe('messageBreaks', () => {
  it('finds nothing where nothing changed', () => {
    expect(messageBreaks(today, today)).toEqual([]);
  });

  it('tells of a queue with another name, which old services go on sending to', () => {
    const broken = messageBreaks(
      today,
      changed((text) => text.replaceAll('jangteo.wallet.commands', 'jangteo.wallet.orders')),
    );
    expect(broken).toContain('the channel jangteo.wallet.commands is gone');
  });

  it('tells of a queue with other properties, which the broker refuses', () => {
    const before = changed((text) => text.replaceAll('"durable":true', '"durable":false'));
    expect(messageBreaks(before, today)).toContain('the channel jangteo.wallet.commands has other bindings');
  });

  it('tells of a message that is gone', () => {
    const broken = messageBreaks(
      today,
      changed((text) => text.replaceAll('"wallet.debit"', '"wallet.take"')),
    );
    expect(broken).toContain('wallet.debit is gone');
    expect(broken).toContain('the channel jangteo.wallet.commands carries no wallet.debit any more');
  });

  it('tells of a field that old services do not send', () => {
    const more = { ...size, properties: { ...size.properties, name: {} }, required: ['size', 'name'] };
    expect(messageBreaks(withPayload(size), withPayload(more))).toEqual([
      'cup.made payload.name is required now',
    ]);
  });

  it('tells of a field that old services wait for', () => {
    const fewer = { ...size, required: [] };
    expect(messageBreaks(withPayload(size), withPayload(fewer))).toEqual([
      'cup.made payload.size may be missing now',
    ]);
  });

  it('tells of a value that old services refuse to read', () => {
    const sizes = (...values: string[]): JsonObject => ({
      type: 'object',
      properties: { size: { type: 'string', enum: values } },
    });
    expect(messageBreaks(withPayload(sizes('S', 'L')), withPayload(sizes('S', 'L', 'XL')))).toEqual([
      'cup.made payload.size may be "XL" now, which its readers refuse',
    ]);
    const broken = messageBreaks(
      today,
      changed((text) => text.replaceAll('["SELLABLE","SUSPENDED"]', '["SELLABLE","SUSPENDED","ARCHIVED"]')),
    );
    expect(broken).toContainEqual(
      expect.stringMatching(/status may be "ARCHIVED" now, which its readers refuse/),
    );
  });

  it('lets answers refuse with more codes, since those who read them bear that', () => {
    const more = changed((text) =>
      text.replaceAll('"enum":["INSUFFICIENT_BALANCE"', '"enum":["ON_STRIKE","INSUFFICIENT_BALANCE"'),
    );
    expect(messageBreaks(today, more)).toEqual([]);
  });

  it('tells of a refusal of what could never be refused', () => {
    const undone = { type: 'object', properties: { ok: { const: true } }, required: ['ok'] };
    const refused = { type: 'object', properties: { ok: { const: false } }, required: ['ok'] };
    expect(messageBreaks(withPayload(undone), withPayload({ oneOf: [undone, refused] }))).toEqual([
      expect.stringContaining('may be of a kind now that its readers refuse'),
    ]);
  });

  it('lets a message change whose schema version was raised', () => {
    expect(messageBreaks(withPayload(size), withPayload({ type: 'string' }, 2))).toEqual([]);
  });

  it('lets messages and optional fields come', () => {
    const more = { ...size, properties: { ...size.properties, name: { type: 'string' } } };
    expect(messageBreaks(withPayload(size), withPayload(more))).toEqual([]);
    expect(messageBreaks({ channels: {}, components: { messages: {} } }, today)).toEqual([]);
  });
});
