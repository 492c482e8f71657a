/*
 * QR codes (ISO/IEC 18004) of texts as bytes, at level M: a seventh of a code may be unreadable. Larger codes than
 * version 10 are too fine to be read from across a room.
 */

/** Of each version from 1 on: bytes of correction in a block, and blocks. */
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5];

/** Rows of modules from the top, dark ones true. */
export type Modules = readonly (readonly boolean[])[];

type Mask = (x: number, y: number) => boolean;

const MASKS: readonly Mask[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Where the centres of the alignment patterns are, in both directions. */
function alignmentsOf(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const last = version * 4 + 10;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => last - (count - 2 - index) * step)];
}

/** Bytes of a version, those of correction included. */
function bytesOf(version: number): number {
  const count = alignmentsOf(version).length;
  const alignments = version === 1 ? 0 : (25 * count - 10) * count - 55;
  return Math.floor(((16 * version + 128) * version + 64 - alignments - (version < 7 ? 0 : 36)) / 8);
}

const dataBytesOf = (version: number): number =>
  bytesOf(version) - CORRECTION[version - 1]! * BLOCKS[version - 1]!;

const bitsOf = (value: number, length: number): number[] =>
  Array.from({ length }, (_, index) => (value >>> (length - 1 - index)) & 1);

/** The bytes in the frame of their version: their mode, their count, and what fills it. */
function framed(bytes: Uint8Array, version: number): number[] {
  const bits = [
    ...bitsOf(0b0100, 4),
    ...bitsOf(bytes.length, version < 10 ? 8 : 16),
    ...[...bytes].flatMap((byte) => bitsOf(byte, 8)),
  ];
  const size = dataBytesOf(version);
  const end = Math.min(4, size * 8 - bits.length);
  bits.push(...Array.from({ length: end + ((8 - ((bits.length + end) % 8)) % 8) }, () => 0));
  const data = Array.from({ length: bits.length / 8 }, (_, index) =>
    Number.parseInt(bits.slice(index * 8, index * 8 + 8).join(''), 2),
  );
  for (let filler = 0xec; data.length < size; filler ^= 0xec ^ 0x11) data.push(filler);
  return data;
}

/** In the field of 256 elements that the standard has. */
function product(one: number, other: number): number {
  let sum = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    sum = (sum << 1) ^ ((sum >>> 7) * 0x11d);
    sum ^= ((other >>> bit) & 1) * one;
  }
  return sum;
}

/** Factors of the polynomial whose roots are the first powers of 2, without the highest, which is 1. */
function divisorOf(degree: number): number[] {
  let [factors, root] = [[1], 1];
  while (factors.length <= degree) {
    const [shorter, times] = [factors, root];
    factors = [...shorter, 0].map((factor, at) => factor ^ product(shorter[at - 1] ?? 0, times));
    root = product(root, 2);
  }
  return factors.slice(1);
}

/** @returns as many bytes as the divisor has */
function correctionOf(data: readonly number[], divisor: readonly number[]): number[] {
  const rest = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ rest.shift()!;
    rest.push(0);
    divisor.forEach((one, index) => (rest[index]! ^= product(one, factor)));
  }
  return rest;
}

/** Data in blocks with their correction, woven into each other: what a stain covers is of many blocks. */
function woven(data: readonly number[], version: number): number[] {
  const count = BLOCKS[version - 1]!;
  const divisor = divisorOf(CORRECTION[version - 1]!);
  const short = Math.floor(data.length / count);
  const longer = data.length % count;
  const blocks = Array.from({ length: count }, (_, index) => {
    const at = index * short + Math.max(0, index - (count - longer));
    return data.slice(at, at + short + (index < count - longer ? 0 : 1));
  });
  const corrections = blocks.map((block) => correctionOf(block, divisor));
  const columns = (rows: readonly (readonly number[])[], length: number): number[] =>
    Array.from({ length }, (_, at) => rows.flatMap((row) => row[at] ?? [])).flat();
  return [...columns(blocks, short + 1), ...columns(corrections, divisor.length)];
}

/** A value with the remainder of its division behind it. */
function checked(value: number, divisor: number, length: number): number {
  let rest = value;
  for (let step = 0; step < length; step += 1) rest = (rest << 1) ^ ((rest >>> (length - 1)) * divisor);
  return (value << length) | rest;
}

/** A code as it is being drawn. */
class Drawing {
  readonly size: number;
  readonly modules: boolean[][];
  /** What is not data. */
  readonly #fixed: boolean[][];

  constructor(readonly version: number) {
    this.size = version * 4 + 17;
    const rows = (): boolean[][] =>
      Array.from({ length: this.size }, () => Array<boolean>(this.size).fill(false));
    [this.modules, this.#fixed] = [rows(), rows()];
    this.#drawPatterns();
  }

  fix(x: number, y: number, isDark: boolean): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.modules[y]![x] = isDark;
    this.#fixed[y]![x] = true;
  }

  #drawPatterns(): void {
    const { size, version } = this;
    for (let at = 0; at < size; at += 1) {
      this.fix(6, at, at % 2 === 0);
      this.fix(at, 6, at % 2 === 0);
    }
    const end = size - 4;
    for (const [x, y] of [
      [3, 3],
      [end, 3],
      [3, end],
    ] as const) {
      this.#drawRings(x, y, 4, (ring) => ring !== 2 && ring !== 4);
    }
    const centres = alignmentsOf(version);
    const last = centres.at(-1);
    for (const x of centres) {
      for (const y of centres) {
        // The corners are the finders'.
        const isCorner = (x === 6 && (y === 6 || y === last)) || (y === 6 && x === last);
        if (!isCorner) this.#drawRings(x, y, 2, (ring) => ring !== 1);
      }
    }
    this.drawFormat(0);
    if (version < 7) return;
    bitsOf(checked(version, 0x1f25, 12), 18)
      .toReversed()
      .forEach((bit, index) => {
        const [far, near] = [size - 11 + (index % 3), Math.floor(index / 3)];
        this.fix(far, near, bit === 1);
        this.fix(near, far, bit === 1);
      });
  }

  #drawRings(x: number, y: number, reach: number, isDark: (ring: number) => boolean): void {
    for (let down = -reach; down <= reach; down += 1) {
      for (let right = -reach; right <= reach; right += 1) {
        this.fix(x + right, y + down, isDark(Math.max(Math.abs(right), Math.abs(down))));
      }
    }
  }

  /** Says twice of which level it is, which is 0 for M, and how it is masked. */
  drawFormat(mask: number): void {
    const bits = bitsOf(checked(mask, 0x537, 10) ^ 0x5412, 15).toReversed();
    const { size } = this;
    bits.forEach((bit, index) => {
      const isDark = bit === 1;
      if (index < 8) {
        this.fix(8, index < 6 ? index : index + 1, isDark);
        this.fix(size - 1 - index, 8, isDark);
      } else {
        this.fix(index === 8 ? 7 : 14 - index, 8, isDark);
        this.fix(8, size - 15 + index, isDark);
      }
    });
    this.fix(8, size - 8, true);
  }

  /** Modules that hold data, in the order in which they do: two columns at a time, up and down. */
  *data(): Generator<readonly [x: number, y: number]> {
    const { size } = this;
    for (let right = size - 1; right >= 1; right -= right === 8 ? 3 : 2) {
      const isUp = ((right + 1) & 2) === 0;
      for (let step = 0; step < size; step += 1) {
        const y = isUp ? size - 1 - step : step;
        for (const x of [right, right - 1]) if (!this.#fixed[y]![x]!) yield [x, y];
      }
    }
  }

  /** Turns modules of data over; once more turns them back. */
  mask(number: number): void {
    const mask = MASKS[number]!;
    for (const [x, y] of this.data()) if (mask(x, y)) this.modules[y]![x] = !this.modules[y]![x];
    this.drawFormat(number);
  }
}

/** What makes a line hard to read: long runs, and what looks like a finder. */
function faultsOf(line: readonly boolean[]): number {
  const text = line.map((isDark) => (isDark ? '1' : '0')).join('');
  const runs = [...text.matchAll(/0{5,}|1{5,}/g)].reduce((sum, [run]) => sum + run.length - 2, 0);
  const finders = [...text.matchAll(/(?=10111010000|00001011101)/g)].length;
  return runs + finders * 40;
}

function penaltyOf(modules: Modules): number {
  const columns = modules.map((_, x) => modules.map((row) => row[x]!));
  const lines = [...modules, ...columns].reduce((sum, line) => sum + faultsOf(line), 0);
  let [blocks, dark] = [0, 0];
  modules.forEach((row, y) =>
    row.forEach((isDark, x) => {
      if (isDark) dark += 1;
      const square = [row[x + 1], modules[y + 1]?.[x], modules[y + 1]?.[x + 1]];
      if (square.every((one) => one === isDark)) blocks += 3;
    }),
  );
  const share = dark / modules.length ** 2;
  return lines + blocks + Math.floor(Math.abs(share - 0.5) * 20) * 10;
}

/**
 * The QR code of a text, masked so that it is read best.
 *
 * @returns undefined where the text is too long, from 214 bytes on
 */
export function qrOf(text: string): Modules | undefined {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex(
    (_, index) => bytes.length + (index < 9 ? 2 : 3) <= dataBytesOf(index + 1),
  );
  if (version < 0) return undefined;
  const drawing = new Drawing(version + 1);
  const bits = woven(framed(bytes, version + 1), version + 1).flatMap((byte) => bitsOf(byte, 8));
  [...drawing.data()].forEach(([x, y], index) => (drawing.modules[y]![x] = bits[index] === 1));
  const penalties = MASKS.map((_, number) => {
    drawing.mask(number);
    const penalty = penaltyOf(drawing.modules);
    drawing.mask(number);
    return penalty;
  });
  drawing.mask(penalties.indexOf(Math.min(...penalties)));
  return drawing.modules;
}

/** Dark modules as the path of a picture in which each is one unit wide. */
export function pathOf(modules: Modules): string {
  return modules
    .flatMap((row, y) => {
      const text = row.map((isDark) => (isDark ? '1' : '0')).join('');
      return [...text.matchAll(/1+/g)].map(
        ({ index, 0: { length } }) => `M${index} ${y}h${length}v1h-${length}z`,
      );
    })
    .join('');
}
