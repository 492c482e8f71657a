import { relative } from 'node:path';
import { drawn, projectRoot } from '@jangteo/infra';
import type { LeftCases } from '@jangteo/testkit';

/** Test files that take long for one reason. */
interface SlowByNature {
  readonly why: string;
  /** By its path, about how many seconds each takes where two run at a time on two cores. */
  readonly files: Readonly<Record<string, number>>;
}

/** What `npm test` and `.ci/run` try a sample of, another one each time, and `.ci/nightly` all of. */
export const SLOW_BY_NATURE: readonly SlowByNature[] = [
  {
    why: 'a browser looks at each page in its languages, themes and widths, and for what keeps people out',
    files: {
      'console/test/books.e2e.spec.ts': 55,
      'console/test/coupons.e2e.spec.ts': 80,
      'console/test/failed.e2e.spec.ts': 75,
      'console/test/newer-build.e2e.spec.ts': 40,
      'console/test/order-list.e2e.spec.ts': 70,
      'console/test/overview.e2e.spec.ts': 80,
      'console/test/race.e2e.spec.ts': 140,
      'console/test/sales.e2e.spec.ts': 60,
      'console/test/shop-desk.e2e.spec.ts': 50,
      'console/test/stuck.e2e.spec.ts': 75,
      'console/test/timeline.e2e.spec.ts': 120,
      'console/test/webhooks.e2e.spec.ts': 60,
    },
  },
  {
    why: 'processes, servers and links are taken away, and what comes back has deadlines to wait for',
    files: {
      'libs/messaging/test/broker-faults.int.spec.ts': 60,
      'libs/testkit/test/isolation.int.spec.ts': 60,
      'services/gateway/test/black-hole.e2e.spec.ts': 80,
      'services/gateway/test/dead-letters.e2e.spec.ts': 70,
      'services/gateway/test/faults.e2e.spec.ts': 100,
      'services/gateway/test/look.e2e.spec.ts': 50,
      'services/gateway/test/restore.e2e.spec.ts': 165,
      'services/gateway/test/two-of-each.e2e.spec.ts': 105,
      'services/order/test/real-kafka.int.spec.ts': 65,
      'services/order/test/real-kafka-cluster.int.spec.ts': 70,
      'tools/test/start.int.spec.ts': 75,
      'verify/test/chaos.int.spec.ts': 95,
      'verify/test/kill-matrix.int.spec.ts': 70,
    },
  },
  {
    why: 'it takes many requests, many rows or a load',
    files: {
      'services/gateway/test/account-attacks.e2e.spec.ts': 50,
      'services/gateway/test/audit.e2e.spec.ts': 90,
      'services/gateway/test/fuzz.e2e.spec.ts': 75,
      'services/gateway/test/growth.e2e.spec.ts': 120,
      'services/gateway/test/heavy-lists.e2e.spec.ts': 30,
      'tools/test/bench.int.spec.ts': 100,
      'tools/test/bench-beside.int.spec.ts': 130,
    },
  },
  {
    why: 'a shop or servers of its own are started to look at one side of them in all its breadth',
    files: {
      'clients/typescript/test/command.e2e.spec.ts': 35,
      'examples/examples.e2e.spec.ts': 35,
      'libs/infra/test/rabbit.int.spec.ts': 35,
      'libs/testkit/test/books.int.spec.ts': 25,
      'services/catalog/test/tls.int.spec.ts': 20,
      'services/gateway/test/admin-log.e2e.spec.ts': 20,
      'services/gateway/test/administration.e2e.spec.ts': 25,
      'services/gateway/test/bad-input.e2e.spec.ts': 35,
      'services/gateway/test/cache.e2e.spec.ts': 25,
      'services/gateway/test/data-platform.e2e.spec.ts': 50,
      'services/gateway/test/examples.e2e.spec.ts': 30,
      'services/gateway/test/generated-client.e2e.spec.ts': 20,
      'services/gateway/test/overload.e2e.spec.ts': 30,
      'services/gateway/test/security-events.e2e.spec.ts': 20,
      'services/gateway/test/streams.e2e.spec.ts': 55,
      'services/gateway/test/trace.e2e.spec.ts': 25,
      'services/gateway/test/traces.e2e.spec.ts': 20,
      'services/gateway/test/users.e2e.spec.ts': 50,
      'services/gateway/test/webhooks.e2e.spec.ts': 35,
      'services/order/test/data-platform-kafka.int.spec.ts': 20,
      'services/order/test/resend.int.spec.ts': 20,
      'tools/test/commands.int.spec.ts': 25,
      'tools/test/observe.int.spec.ts': 15,
    },
  },
];

/** Of all that is slow by nature: about a minute, with three files at a time. */
const SAMPLE_SECONDS = 150;

/** Files that are slow by nature, by whether a run tries them. */
export interface FileSample {
  readonly chosen: readonly string[];
  readonly left: readonly string[];
}

/** Draws files until they take that long; the same ones for the same seed. */
export function fileSample(seed: string, slow = SLOW_BY_NATURE, seconds = SAMPLE_SECONDS): FileSample {
  const order = drawn(
    seed,
    slow.flatMap(({ files }) => Object.entries(files)),
    ([path]) => path,
  );
  let taken = 0;
  const end = order.findIndex(([, its]) => (taken += its) >= seconds) + 1 || order.length;
  const paths = order.map(([path]) => path);
  return { chosen: paths.slice(0, end), left: paths.slice(end) };
}

/** What a run of tests tries: see `sampled` and `isWhole` of the test kit for what it says to each file. */
export interface Choice {
  /** Everything at full length, some of what takes long, or all of what was asked for. */
  readonly sample: 'all' | 'some' | '';
  readonly left: readonly string[];
}

/** Whoever names tests gets all of them; whoever asks for everything gets a sample, unless he says otherwise. */
export function choiceOf(
  args: readonly string[],
  { TEST_SAMPLE, TEST_SEED = '' }: NodeJS.ProcessEnv,
): Choice {
  if (TEST_SAMPLE === 'all') return { sample: 'all', left: [] };
  return args.length > 0 ? { sample: '', left: [] } : { sample: 'some', left: fileSample(TEST_SEED).left };
}

/** Tells which files a run has left out, as the command that runs them. */
export function leftOutLine(seed: string, left: readonly string[]): string {
  const whole = 'all of it: TEST_SAMPLE=all npm test';
  return `######## LEFT OUT by TEST_SEED=${seed} (${whole}): npm test -- ${left.toSorted().join(' ')}`;
}

/**
 * Tells how many cases a run has left out in files that it ran, and the command that runs these files with all of them.
 * @param notes lines of JSON, in any order
 */
export function leftCasesLines(seed: string, notes: string): string[] {
  const left = notes
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LeftCases);
  if (left.length === 0) return [];
  const counts = [...Map.groupBy(left, ({ name }) => name)].map(([name, its]) => {
    return `${its.reduce((sum, { count }) => sum + count, 0)} ${name}`;
  });
  const files = [...new Set(left.map(({ file }) => relative(projectRoot(), file)))].toSorted();
  const said = counts.toSorted().join(', ');
  return [
    `######## LEFT OUT by TEST_SEED=${seed}: ${said}; with all of them: npm test -- ${files.join(' ')}`,
  ];
}
