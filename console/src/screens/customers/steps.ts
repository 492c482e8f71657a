/** A balance from a moment on. */
export interface Balance {
  readonly at: number;
  readonly amount: number;
}

export interface StepChart {
  /** An SVG path within the given size: level until each moment, then at once to the next balance. */
  readonly path: string;
  readonly max: number;
}

/** @param balances the earliest first */
export function stepsOf(balances: readonly Balance[], width: number, height: number): StepChart {
  const [first] = balances;
  const last = balances.at(-1);
  if (first === undefined || last === undefined) return { path: '', max: 0 };
  const max = Math.max(...balances.map(({ amount }) => amount));
  const span = last.at - first.at;
  const x = ({ at }: Balance): number => (span === 0 ? 0 : ((at - first.at) / span) * width);
  const y = ({ amount }: Balance): number => (max === 0 ? height : height - (amount / max) * height);
  const round = (value: number): number => Math.round(value * 10) / 10;
  const moves = balances.slice(1).map((one) => `H${round(x(one))}V${round(y(one))}`);
  return { path: `M0 ${round(y(first))}${moves.join('')}H${width}`, max };
}
