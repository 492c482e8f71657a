import { services, type Stack, usageOf } from '@jangteo/tools';

const MIB = 1_048_576;
/** A service that was just started holds little: growth is counted from at least here. */
const FLOOR_MIB = 160;
const GROWTH_MAX = 1.5;

/** MiB by program. */
export type Memory = ReadonlyMap<string, number>;

export function memoryOf(stack: Stack): Memory {
  const usage = usageOf(stack.programs()) ?? new Map<string, { memoryBytes: number }>();
  return new Map([...usage].map(([name, { memoryBytes }]) => [name, Math.round(memoryBytes / MIB)]));
}

/** Services that hold much more than they did. */
export function memoryProblems(before: Memory, after: Memory): string[] {
  return services.flatMap((service) => {
    const was = before.get(service) ?? 0;
    const is = after.get(service) ?? 0;
    return is > Math.max(was, FLOOR_MIB) * GROWTH_MAX
      ? [`${service} holds ${is} MiB, at first ${was} MiB`]
      : [];
  });
}
