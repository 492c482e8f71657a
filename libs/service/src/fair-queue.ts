/** A party, or one of a party's own: each has a turn among its neighbours. */
interface Party<T> {
  /** In the order in which they are served next; none is empty. */
  readonly members: Map<string, Party<T>>;
  readonly waiting: T[];
  size: number;
}

function emptyParty<T>(): Party<T> {
  return { members: new Map(), waiting: [], size: 0 };
}

/**
 * A queue for something scarce, served by turns: one of each party, then the next of each; within a party by turns of
 * its members. So a party with many waiting delays itself, however many members it has, and where there is no more
 * room, one of the largest party has to leave. A lower rank is served before all of a higher one, and leaves after
 * them.
 */
export class FairQueue<T> {
  /** By rank. */
  readonly #lines: Party<T>[] = [];
  #size = 0;

  /** @param max that wait at a time, of all parties */
  constructor(private readonly max: number) {}

  /**
   * Lines somebody up.
   *
   * @param path the party, its member, and so on: as wide as can be first
   * @returns who has to leave for it, which may be the newcomer; `undefined` while there is room
   */
  add(path: readonly string[], waiting: T, rank = 0): T | undefined {
    const leaving = this.#size < this.max ? undefined : this.#leaving(path, rank);
    if (leaving === 'newcomer') return waiting;
    while (this.#lines.length <= rank) this.#lines.push(emptyParty());
    append(this.#lines[rank]!, path, waiting);
    this.#size += 1;
    return leaving?.who;
  }

  /** Takes out who is next; `undefined` when nobody waits. */
  take(): T | undefined {
    const line = this.#lines.find(({ size }) => size > 0);
    if (line === undefined) return undefined;
    this.#size -= 1;
    return takeNext(line);
  }

  #leaving(path: readonly string[], rank: number): { who: T } | 'newcomer' {
    const last = this.#lines.findLastIndex(({ size }) => size > 0);
    if (last < rank || (last === rank && !makesRoom(this.#lines[rank]!, path))) return 'newcomer';
    this.#size -= 1;
    return { who: takeLastOfLargest(this.#lines[last]!) };
  }
}

function append<T>(line: Party<T>, path: readonly string[], waiting: T): void {
  let party = line;
  party.size += 1;
  for (const name of path) {
    let member = party.members.get(name);
    if (member === undefined) party.members.set(name, (member = emptyParty()));
    member.size += 1;
    party = member;
  }
  party.waiting.push(waiting);
}

/** @param party one that is not empty */
function takeNext<T>(party: Party<T>): T {
  party.size -= 1;
  const [first] = party.members;
  if (first === undefined) return party.waiting.shift()!;
  const [name, member] = first;
  const next = takeNext(member);
  party.members.delete(name);
  if (member.size > 0) party.members.set(name, member);
  return next;
}

function largestOf<T>(party: Party<T>): [string, Party<T>] | undefined {
  let largest: [string, Party<T>] | undefined;
  for (const entry of party.members) {
    if (largest === undefined || entry[1].size > largest[1].size) largest = entry;
  }
  return largest;
}

/**
 * Tells whether somebody else has to leave: a newcomer whose party would be as large as the largest gains nothing by
 * shortening that.
 */
function makesRoom<T>(line: Party<T>, path: readonly string[]): boolean {
  let party = line;
  for (const name of path) {
    const largest = largestOf(party)?.[1];
    const own = party.members.get(name);
    if (largest === undefined) return false;
    if (own !== largest) return (own?.size ?? 0) + 1 < largest.size;
    party = own;
  }
  return false;
}

/** @param party one that is not empty */
function takeLastOfLargest<T>(party: Party<T>): T {
  party.size -= 1;
  const largest = largestOf(party);
  if (largest === undefined) return party.waiting.pop()!;
  const [name, member] = largest;
  const who = takeLastOfLargest(member);
  if (member.size === 0) party.members.delete(name);
  return who;
}
