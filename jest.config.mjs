/** On two cores one more than cores, since whole-stack tests wait for half of their time; no more, for each holds a shop. */
const workers = Number(process.env.JEST_WORKERS ?? 3);

/** npm test says '' where it has found no browser, and that these are not tested. */
const withoutBrowser = process.env.BROWSER === '' ? ['/console/test/.*[.]e2e[.]spec[.]ts$'] : [];

/** And where it has found no Kafka. */
const withoutKafka =
  process.env.KAFKA_JARS === '' ? ['/services/order/test/real-kafka.*[.]int[.]spec[.]ts$'] : [];

/** And of what is slow by nature, what it has not drawn: paths with a space between them. */
const leftOut = (process.env.TEST_LEFT_OUT ?? '')
  .split(' ')
  .filter(Boolean)
  .map((path) => `/${path.replaceAll('.', '[.]')}$`);

/** @type {import('jest').Config} */
export default {
  testEnvironment: './jest-environment.mjs',
  testSequencer: './jest-sequencer.mjs',
  // Outside of the temporary folder, which ends with each run of npm test.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    '/\\.local/',
    ...withoutBrowser,
    ...withoutKafka,
    ...leftOut,
  ],
  modulePathIgnorePatterns: ['/\\.local/'],
  extensionsToTreatAsEsm: ['.ts'],
  // Sources import each other by the name that they will have once compiled.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Longer than anything takes on a machine with much else to do: only what hangs ends by it.
  testTimeout: 300_000,
  maxWorkers: workers,
};
