import { block } from './markdown.js';

/** Something that was tried in a state, and the state after it, which may be the same. */
export interface Tried {
  readonly from: string;
  readonly to: string;
  readonly by: string;
  /** The case in which it was tried: told where the same leads elsewhere in another case. */
  readonly when?: string;
  /** A change that leaves the state as it is, and does something else. */
  readonly isLoop?: boolean;
}

/** What is tried next, and the outcome. */
export interface Try<S> extends Pick<Tried, 'by' | 'when' | 'isLoop'> {
  readonly after: S;
}

/**
 * Tries everything in every state that is reached, from the first ones on.
 *
 * @param nameOf the name of a state in the diagram, which several may have
 */
export function explored<S>(
  first: readonly S[],
  triesIn: (state: S) => readonly Try<S>[],
  nameOf: (state: S) => string,
): Tried[] {
  const keyOf = (state: S): string => JSON.stringify(state);
  const seen = new Set(first.map(keyOf));
  const found: Tried[] = [];
  const waiting = [...first];
  for (let state = waiting.shift(); state !== undefined; state = waiting.shift()) {
    for (const { after, ...tried } of triesIn(state)) {
      found.push({ ...tried, from: nameOf(state), to: nameOf(after) });
      if (seen.has(keyOf(after))) continue;
      seen.add(keyOf(after));
      waiting.push(after);
    }
  }
  return found;
}

const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];

/** The cases in which something leads to this state; none where it does in all of them. */
function casesOf(all: readonly Tried[], { from, to, by }: Tried): string[] {
  const same = all.filter((one) => one.from === from && one.by === by);
  const cases = distinct(same.flatMap(({ when }) => when ?? []));
  const here = distinct(same.filter((one) => one.to === to).flatMap(({ when }) => when ?? []));
  return here.length === cases.length ? [] : here;
}

function labelOf(all: readonly Tried[], tried: Tried): string {
  const cases = casesOf(all, tried);
  return cases.length === 0 ? tried.by : `${tried.by} (${cases.join(', ')})`;
}

/**
 * Draws what leads from state to state.
 *
 * @param first the states in which something begins, with what makes it
 */
export function stateDiagram(
  all: readonly Tried[],
  first: Readonly<Record<string, string>>,
  direction: 'LR' | 'TB' = 'TB',
): string {
  const drawn = all.filter(({ from, to }) => from !== to);
  const arrows = Map.groupBy(drawn, ({ from, to }) => `${from} --> ${to}`);
  // An arrow from a state to itself would be drawn over the others.
  const loops = Map.groupBy(
    all.filter(({ from, to, isLoop }) => from === to && isLoop === true),
    ({ from }) => from,
  );
  const ends = distinct(drawn.map(({ to }) => to)).filter((state) =>
    drawn.every(({ from }) => from !== state),
  );
  const labels = (tried: readonly Tried[]): string[] => distinct(tried.map((one) => labelOf(all, one)));
  return block('stateDiagram-v2', [
    `direction ${direction}`,
    ...Object.entries(first).map(([state, by]) => `[*] --> ${state} : ${by}`),
    ...[...arrows].map(([arrow, tried]) => `${arrow} : ${labels(tried).join('<br>')}`),
    ...[...loops].flatMap(([state, tried]) => [`note right of ${state}`, ...labels(tried), 'end note']),
    ...ends.map((state) => `${state} --> [*]`),
  ]);
}
