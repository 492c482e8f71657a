import { basename, join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { isDetected, type Trial } from './trial.js';

export const PAGE_PATH = join(projectRoot(), 'docs', 'mutations.md');

const INTRODUCTION = `# What is noticed when a rule is broken

Each row is a patch in [tools/mutations](../tools/mutations) that breaks one rule of the house, and the tests that
turned red when it was applied to a copy of this project, compiled and run against real servers; without it all of
them were green. \`npm run mutations\` does that and writes this page. \`npm test\` sees to it that every patch still
applies and that its tests are there.
`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function row({ mutation, testimonies }: Trial): string {
  const { name, rule, brokenBy } = mutation;
  const witnesses = testimonies.map(({ file, title }) => `\`${basename(file)}\`: ${cell(title)}`);
  return `| ${name} | ${cell(rule)} | ${cell(brokenBy)} | ${witnesses.join('<br>')} |`;
}

/** The page about mutations that were all detected. */
export function pageOf(trials: readonly Trial[]): string {
  const head = ['| mutation | the rule | broken by | turned red |', '|---|---|---|---|'];
  return [INTRODUCTION, ...head, ...trials.map(row), ''].join('\n');
}

/** The outcome of a mutation, for people who watch. */
export function reportOf(trial: Trial): string {
  const { mutation, obstacle, testimonies, seconds } = trial;
  const verdict = isDetected(trial) ? 'noticed' : 'NOT NOTICED';
  const lines = testimonies.map(({ end, file, title, said }) => {
    const mark = { failed: 'red    ', passed: 'GREEN  ', missing: 'MISSING' }[end];
    return `  ${mark} ${basename(file)}: ${title}${said === '' ? '' : `\n          ${said}`}`;
  });
  const head = `${mutation.name}: ${verdict} (${seconds.toFixed(0)} s), ${mutation.brokenBy}`;
  return [head, ...(obstacle === undefined ? [] : [`  ${obstacle}`]), ...lines].join('\n');
}
