import { describe, expect, it } from '@jest/globals';
import { explored, stateDiagram, type Try } from './state-diagram.js';

/** A door with a lock that breaks when it is forced. */
type Door = 'open' | 'shut' | 'locked' | 'broken';

const WAYS: Record<Door, readonly Try<Door>[]> = {
  open: [{ by: 'push', after: 'shut' }],
  shut: [
    { by: 'pull', after: 'open' },
    { by: 'turn', when: 'with the key', after: 'locked' },
    { by: 'turn', when: 'without it', after: 'shut' },
  ],
  locked: [{ by: 'force', after: 'broken' }],
  broken: [],
};

describe('a diagram of states', () => {
  const tried = explored<Door>(
    ['open'],
    (door) => WAYS[door],
    (door) => door,
  );
  const diagram = stateDiagram(tried, { open: 'made' });

  it('has every state that can be reached, once', () => {
    expect(diagram.split('\n').map((line) => line.trim())).toEqual([
      '```mermaid',
      'stateDiagram-v2',
      'direction TB',
      '[*] --> open : made',
      'open --> shut : push',
      'shut --> open : pull',
      'shut --> locked : turn (with the key)',
      'locked --> broken : force',
      'broken --> [*]',
      '```',
    ]);
  });

  it('tells no case where all of them lead to the same state', () => {
    const both = ['a', 'b'].map((when) => ({ from: 'open', to: 'shut', by: 'push', when }));
    expect(stateDiagram(both, {})).toContain('open --> shut : push\n');
  });

  it('leaves out what changes nothing', () => {
    const same = { from: 'open', to: 'open', by: 'knock' };
    expect(stateDiagram([same], {})).not.toContain('knock');
    expect(stateDiagram([{ ...same, isLoop: true }], {})).toContain(
      'note right of open\n  knock\n  end note\n',
    );
  });
});
