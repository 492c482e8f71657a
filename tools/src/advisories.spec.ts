import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { judge, unaskedFailures, unneeded, type Allowance } from './advisories.js';

/** As npm 11 writes it for two packages, one of which only depends on the other. */
const REPORT = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    handlebars: {
      name: 'handlebars',
      severity: 'critical',
      isDirect: false,
      via: [
        {
          source: 1096693,
          name: 'handlebars',
          dependency: 'handlebars',
          title: 'Prototype Pollution in handlebars',
          url: 'https://github.com/advisories/GHSA-w457-6q6x-cgp9',
          severity: 'high',
          cwe: ['CWE-1321'],
          cvss: { score: 7.3, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L' },
          range: '<4.3.0',
        },
        {
          source: 1095466,
          name: 'handlebars',
          dependency: 'handlebars',
          title: 'Remote code execution in handlebars',
          url: 'https://github.com/advisories/GHSA-f2jv-r9rf-7988',
          severity: 'critical',
          cwe: ['CWE-94'],
          cvss: { score: 9.8, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
          range: '<4.7.7',
        },
        {
          source: 1085674,
          name: 'handlebars',
          dependency: 'handlebars',
          title: 'Denial of Service in handlebars',
          url: 'https://github.com/advisories/GHSA-f52g-6jhx-586p',
          severity: 'moderate',
          cwe: ['CWE-400'],
          cvss: { score: 0, vectorString: null },
          range: '<4.4.5',
        },
      ],
      effects: ['pages'],
      range: '<=4.7.6',
      nodes: ['node_modules/handlebars'],
      fixAvailable: true,
    },
    pages: {
      name: 'pages',
      severity: 'critical',
      isDirect: true,
      via: ['handlebars'],
      effects: [],
      range: '*',
      nodes: ['node_modules/pages'],
      fixAvailable: false,
    },
  },
  metadata: {
    vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 2, total: 2 },
    dependencies: { prod: 330, dev: 620, optional: 60, peer: 0, peerOptional: 0, total: 1009 },
  },
});

/** As npm 11 writes it where the registry has no such endpoint. */
const NOT_ALLOWED = JSON.stringify({
  message: '405 Method Not Allowed - POST https://registry.example.com/-/npm/v1/security/advisories/bulk',
  method: 'POST',
  uri: 'https://registry.example.com/-/npm/v1/security/advisories/bulk',
  headers: { allow: ['GET,HEAD'], 'content-length': ['0'], 'x-fetch-attempts': ['1'] },
  statusCode: 405,
  body: '',
  error: { summary: '', detail: '' },
});

const NOTHING = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {},
  metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 0 } },
});

const TODAY = '2026-06-15';
const allow = (advisory: string, until: string): Allowance => ({
  advisory,
  package: 'handlebars',
  reason: 'templates are ours alone',
  until,
});

describe('an audit of the dependencies', () => {
  it('fails where nobody could be asked, if somebody counts on the answer', () => {
    expect(unaskedFailures('packages of the shop', false)).toEqual([]);
    expect(unaskedFailures('packages of the shop', true)).toEqual([
      expect.stringMatching(/packages of the shop.*ADVISORIES_REQUIRED/),
    ]);
  });

  it('fails for each advisory at the bar or above, and tells of the others', () => {
    expect(judge(REPORT, 'high', [], TODAY)).toEqual({
      kind: 'judged',
      failures: [
        'high: handlebars: Prototype Pollution in handlebars (GHSA-w457-6q6x-cgp9)',
        'critical: handlebars: Remote code execution in handlebars (GHSA-f2jv-r9rf-7988)',
      ],
      notes: ['moderate: handlebars: Denial of Service in handlebars (GHSA-f52g-6jhx-586p)'],
    });
    expect(judge(REPORT, 'critical', [], TODAY)).toMatchObject({ failures: { length: 1 } });
  });

  it('bears what is allowed, until its last day, and in that package only', () => {
    const allowed = [allow('GHSA-w457-6q6x-cgp9', TODAY), allow('GHSA-f2jv-r9rf-7988', '2026-06-14')];
    const verdict = judge(REPORT, 'high', allowed, TODAY);
    expect(verdict).toMatchObject({ failures: [expect.stringMatching(/was allowed until 2026-06-14$/)] });
    expect(verdict).toMatchObject({
      notes: [expect.stringContaining('templates are ours'), expect.anything()],
    });
    const elsewhere = { ...allow('GHSA-w457-6q6x-cgp9', TODAY), package: 'pages' };
    expect(judge(REPORT, 'high', [elsewhere], TODAY)).toMatchObject({ failures: { length: 2 } });
  });

  it('passes when nothing is known, and tells which allowances are over', () => {
    expect(judge(NOTHING, 'high', [], TODAY)).toEqual({ kind: 'judged', failures: [], notes: [] });
    const old = allow('GHSA-gone-gone-gone', '2027-01-01');
    expect(unneeded([REPORT, NOTHING], [old, allow('GHSA-f2jv-r9rf-7988', TODAY)])).toEqual([old]);
    expect(unneeded([REPORT, NOT_ALLOWED], [old])).toEqual([]);
  });

  it('takes an advisory without a known severity for the worst', () => {
    const odd = REPORT.replaceAll('"moderate"', '"unheard of"');
    expect(judge(odd, 'critical', [], TODAY)).toMatchObject({ failures: { length: 2 } });
  });

  it.each([
    ['the registry has no such endpoint', NOT_ALLOWED, /^405 Method Not Allowed/],
    [
      'there is no network',
      JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'getaddrinfo' } }),
      /getaddrinfo/,
    ],
    ['npm was stopped', '', /nothing that can be read/],
    ['npm writes something else', '"fine"', /nothing that can be read/],
    [
      'the report is of another version',
      JSON.stringify({ auditReportVersion: 3, vulnerabilities: {} }),
      /version 2/,
    ],
  ])('is not done, and says so, when %s', (_case, output, reason) => {
    expect(judge(output, 'high', [], TODAY)).toEqual({
      kind: 'unasked',
      reason: expect.stringMatching(reason),
    });
  });
});

describe('the list of allowed advisories', () => {
  const path = join(projectRoot(), 'tools', 'allowed-advisories.json');

  it('says of each which, where, why and until when', () => {
    const allowed = JSON.parse(readFileSync(path, 'utf8')) as Allowance[];
    for (const { advisory, package: name, reason, until } of allowed) {
      expect(advisory).toMatch(/^GHSA(-[a-z0-9]{4}){3}$/);
      expect([name.length > 0, reason.length > 20]).toEqual([true, true]);
      expect(until).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
    expect(Array.isArray(allowed)).toBe(true);
  });
});
