import { describe, expect, it } from '@jest/globals';
import { lastReleased, releasedChangelog, unreleasedNotes } from './changelog.js';
import { Refused } from './refused.js';

const changelog = (heading: string, notes = '- One\n- Two, by `jangteo`\n'): string =>
  `# Changelog\n\nNewest first.\n\n## ${heading}\n\n${notes}\n## 0.10.0 (2027-02-01)\n\n- Old\n\n## 0.9.0 (2027-01-01)\n\n- Older\n`;

describe('the changelog', () => {
  it.each(['Unreleased', '0.11.0 (not released)'])('moves what is below "%s" to the version', (heading) => {
    expect(unreleasedNotes(changelog(heading))).toBe('- One\n- Two, by `jangteo`');
    expect(releasedChangelog(changelog(heading), '0.11.0', '2027-03-01')).toBe(
      changelog('Unreleased\n\n## 0.11.0 (2027-03-01)'),
    );
  });

  it('knows the newest version, whatever the order of digits', () => {
    expect(lastReleased(changelog('Unreleased'))).toEqual([0, 10, 0]);
    expect(lastReleased('# Changelog\n\n## 0.1.0 (not released)\n')).toBeUndefined();
  });

  it('has nothing to release where nothing is new, or no section is for it', () => {
    expect(() => unreleasedNotes(changelog('Unreleased', '\n'))).toThrow(Refused);
    expect(() => unreleasedNotes(changelog('Unreleased', '\n'))).toThrow('says of nothing');
    expect(() => unreleasedNotes('# Changelog\n\n## 0.9.0 (2027-01-01)\n\n- Old\n')).toThrow('no section');
  });
});
