/** A round value that is no less than another: 1, 2 or 5 times a power of ten, and 4 at the least. */
export function ceilingOf(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((times) => times * power).find((round) => round >= value)!;
}

/** A place in a box of 1,000 by 100, whose origin is at its top left. */
export const [WIDTH, HEIGHT] = [1_000, 100];

export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * An SVG path through values; it is broken where one is not known, and a value alone is a dot.
 *
 * @param at moments of the values, rising
 * @param max the value at the top of the box
 */
export function pathOf(
  at: readonly number[],
  values: readonly (number | null)[],
  { from, to }: Range,
  max: number,
): string {
  const round = (value: number): number => Math.round(value * 10) / 10;
  let isPenDown = false;
  const moves = values.map((value, index) => {
    if (value === null) {
      isPenDown = false;
      return '';
    }
    const x = round(((at[index]! - from) / (to - from)) * WIDTH);
    const y = round(HEIGHT - (value / max) * HEIGHT);
    const move = isPenDown ? `L${x} ${y}` : `M${x} ${y}h0`;
    isPenDown = true;
    return move;
  });
  return moves.join('');
}

/** Whole steps within a range, such as every two minutes, in the unit of the range. */
export function ticksOf({ from, to }: Range, step: number): number[] {
  const first = Math.ceil(from / step) * step;
  return Array.from(
    { length: Math.max(0, Math.floor((to - first) / step) + 1) },
    (_, index) => first + index * step,
  );
}
