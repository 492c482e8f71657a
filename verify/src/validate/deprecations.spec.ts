import { describe, expect, it } from '@jest/globals';
import { deprecatedIn, listsDeprecated } from './deprecations.js';

describe('what will go from RabbitMQ', () => {
  it('is read from its warnings, each once', () => {
    const warning =
      '2026-01-01 00:00:00.000000+00:00 [warning] <0.636.0> Deprecated features: ' +
      '`management_metrics_collection`: Feature `management_metrics_collection` is deprecated.\n' +
      '2026-01-01 00:00:00.000000+00:00 [warning] <0.636.0> By default, this feature can still be used for now.\n';
    const other = warning.replaceAll('management_metrics_collection', 'global_qos');
    expect(deprecatedIn(warning + other + warning)).toEqual(['management_metrics_collection', 'global_qos']);
    expect(deprecatedIn('[info] <0.1.0> Feature flags: `quorum_queue` enabled')).toEqual([]);
  });

  it.each([
    ['3.10.8', false],
    ['3.12.14', false],
    ['3.13.0', true],
    ['4.0.5', true],
    ['4.3.6', true],
  ])('is asked of %s: %s', (version, isAsked) => {
    expect(listsDeprecated(version)).toBe(isAsked);
  });
});
