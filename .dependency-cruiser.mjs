/** A package of the workspace: $1 is libs or services, $2 its folder. */
const inPackage = '^(libs|services)/([^/]+)/';
const tests = '[.]spec[.]ts$';
const simulation = '^tools/src/simulation/';
const diagrams = '^tools/src/diagrams/';
const mock = '^tools/src/mock/';
const configurationPage = '^tools/src/configuration-page[.]ts$';
const site = '^tools/src/site[.]ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no first file to read.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      comment:
        'domain/ decides and does nothing else: it imports only domain/ of its own package and contracts.',
      severity: 'error',
      from: { path: `${inPackage}src/domain/`, pathNot: tests },
      to: { pathNot: ['^$1/$2/src/domain/', '^libs/contracts/(dist/)?src/index[.](ts|js)$'] },
    },
    {
      name: 'domain-tests-stay-pure',
      comment: 'A test of domain/ needs no more than the test tools beside it.',
      severity: 'error',
      from: { path: `${inPackage}src/domain/.*${tests}` },
      to: {
        pathNot: [
          '^$1/$2/src/domain/',
          '^libs/contracts/(dist/)?src/index[.](ts|js)$',
          '^node_modules/(@jest/globals|fast-check)/',
        ],
      },
    },
    {
      name: 'services-are-strangers',
      comment:
        'A service learns of another through messages only. (Whole-stack tests start programs, they import none.)',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'libs-know-no-service',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^services/' },
    },
    {
      name: 'contracts-have-zod-only',
      severity: 'error',
      from: { path: '^libs/contracts/src/', pathNot: tests },
      to: { pathNot: ['^libs/contracts/src/', '^node_modules/zod/'] },
    },
    {
      name: 'packages-have-one-door',
      comment: 'What a package offers is what its index exports.',
      severity: 'error',
      from: { path: inPackage },
      to: {
        path: '^(libs|services)/[^/]+/',
        pathNot: ['^$1/$2/', '^libs/[^/]+/dist/src/(index|testing)[.]js$'],
      },
    },
    {
      name: 'testing-is-for-tests',
      comment: 'The second door of a package, testing, opens to tests and the test kit only.',
      severity: 'error',
      from: { pathNot: ['^libs/testkit/', '/test/', tests] },
      to: { path: '^libs/[^/]+/dist/src/testing[.]js$' },
    },
    {
      name: 'tools-use-the-doors-too',
      severity: 'error',
      from: { path: '^tools/', pathNot: [simulation, diagrams, mock, configurationPage, site] },
      to: {
        path: '^(libs|services|clients)/',
        pathNot: [
          '^libs/[^/]+/dist/src/index[.]js$',
          '^clients/typescript/dist/(src|cli)/index[.](js|d[.]ts)$',
        ],
      },
    },
    {
      name: 'verify-uses-the-doors-too',
      comment: 'What breaks the shop starts it by the tools, and knows no service from within.',
      severity: 'error',
      from: { path: '^verify/(src|test)/' },
      to: {
        path: '^(libs|services|clients|tools|verify)/',
        pathNot: [
          '^(libs/[^/]+|tools)/dist/src/index[.]js$',
          '^clients/typescript/dist/src/index[.](js|d[.]ts)$',
          '^verify/(src|test)/',
        ],
      },
    },
    {
      name: 'nobody-needs-verify',
      severity: 'error',
      from: { path: '^(libs|services|clients|tools)/' },
      to: { path: '^verify/' },
    },
    {
      name: 'verify-in-layers',
      comment: 'A scenario says which harm is done where, and what is validated; none of these knows it.',
      severity: 'error',
      from: { path: '^verify/src/(traffic|failpoint|validate|report|places)/', pathNot: tests },
      to: { path: '^verify/src/scenarios/' },
    },
    {
      name: 'verify-validates-any-harm',
      comment: 'Customers shop, and promises are looked at, whatever harm is done.',
      severity: 'error',
      from: { path: '^verify/src/(traffic|validate|report|places)/', pathNot: tests },
      to: { path: '^verify/src/failpoint/' },
    },
    {
      name: 'client-runs-anywhere',
      comment: 'The client is for browsers too, and for programs that have nothing else of ours.',
      severity: 'error',
      from: { path: '^clients/typescript/src/', pathNot: tests },
      to: { pathNot: '^clients/typescript/src/' },
    },
    {
      name: 'client-is-for-those-outside',
      comment: 'The shop itself has no use for its client; the test kit asks by it, through its door.',
      severity: 'error',
      from: { path: '^(libs|services)/' },
      to: { path: '^clients/', pathNot: '^clients/typescript/dist/src/index[.](js|d[.]ts)$' },
    },
    {
      name: 'client-is-not-for-services',
      severity: 'error',
      from: { path: '^(libs|services)/[^/]+/src/', pathNot: '^libs/testkit/' },
      to: { path: '^clients/' },
    },
    {
      name: 'client-command-needs-node-only',
      severity: 'error',
      from: { path: '^clients/typescript/cli/', pathNot: tests },
      to: { pathNot: '^clients/typescript/(src|cli)/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'client-uses-the-doors-too',
      comment: 'Its tests start a shop, and know of it what everybody knows.',
      severity: 'error',
      from: { path: '^clients/' },
      to: { path: '^(libs|services|tools|verify)/', pathNot: '^libs/(infra|testkit)/dist/src/index[.]js$' },
    },
    {
      name: 'console-knows-the-client-only',
      comment: 'What people look at has the API by its client, and nothing of the shop from within.',
      severity: 'error',
      from: { path: '^console/src/', pathNot: tests },
      to: {
        path: '^(libs|services|clients|tools|verify)/',
        pathNot: '^clients/typescript/dist/src/index[.](js|d[.]ts)$',
      },
    },
    {
      name: 'console-tests-use-the-doors-too',
      severity: 'error',
      from: { path: '^console/test/' },
      to: {
        path: '^(libs|services|clients|tools|verify)/',
        pathNot: [
          '^clients/typescript/dist/src/index[.](js|d[.]ts)$',
          '^libs/(infra|testkit)/dist/src/index[.]js$',
        ],
      },
    },
    {
      name: 'configuration-page-reads-schemas-only',
      comment:
        'The page of all settings is printed from the schemas of the services, and from nothing else of theirs.',
      severity: 'error',
      from: { path: configurationPage },
      to: {
        path: '^(libs|services)/',
        pathNot: [
          '^libs/[^/]+/dist/src/index[.]js$',
          '^services/[^/]+/dist/src/[^/]+[.]config[.]js$',
          '^services/order/dist/src/data-platform/[^/]+[.]config[.]js$',
        ],
      },
    },
    {
      name: 'site-shows-the-page-of-the-api',
      comment:
        'The site has the page that a running shop has, made by the same function, and nothing else of a service.',
      severity: 'error',
      from: { path: site },
      to: {
        path: '^(libs|services)/',
        pathNot: [
          '^libs/[^/]+/dist/src/index[.]js$',
          '^services/gateway/dist/src/openapi/reference-page[.]js$',
        ],
      },
    },
    {
      name: 'simulation-runs-decisions-only',
      comment:
        'The simulation runs the rules of all services over queues and tables of its own, so it may take what ' +
        'their domain/ offers: pure code. Nobody else may, and it may take nothing else of a service.',
      severity: 'error',
      from: { path: simulation },
      to: {
        path: '^(libs|services)/',
        pathNot: ['^libs/[^/]+/dist/src/index[.]js$', '^(libs|services)/[^/]+/dist/src/domain/index[.]js$'],
      },
    },
    {
      name: 'mock-decides-as-the-shop',
      comment:
        'Where the mock remembers, it decides by the domains of the services, and reads bodies as the gateway does. ' +
        'That clients understand it is tried with the real one.',
      severity: 'error',
      from: { path: mock },
      to: {
        path: '^(libs|services|clients)/',
        pathNot: [
          '^libs/[^/]+/dist/src/index[.]js$',
          '^services/[^/]+/dist/src/domain/index[.]js$',
          '^services/gateway/dist/src/openapi/bodies[.]js$',
          '^clients/typescript/dist/src/index[.]d[.]ts$',
        ],
      },
    },
    {
      name: 'diagrams-show-decisions-and-tables',
      comment:
        'Diagrams are made of what decides, of what the tables are, and of the one reader whose ways through a cache are drawn.',
      severity: 'error',
      from: { path: diagrams },
      to: {
        path: '^(libs|services)/',
        pathNot: [
          '^libs/[^/]+/dist/src/index[.]js$',
          '^services/[^/]+/dist/src/(domain/index|[^/]+[.]entities)[.]js$',
          '^services/catalog/dist/src/(product[.]handler|cached-products)[.]js$',
        ],
      },
    },
    {
      name: 'peers-are-other-shops',
      comment: 'A shop that ours is compared with shares no code with it; only its tests use the test kit.',
      severity: 'error',
      from: { path: '^verify/peers/', pathNot: tests },
      to: { path: '^(libs|services|tools)/' },
    },
    {
      name: 'nothing-unresolvable',
      comment: 'What cannot be found cannot be checked by the rules above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // The checker has no TypeScript 7; swc reads the sources, type imports included.
    parser: 'swc',
    exclude: { path: ['(^|/)[.]local/'] },
    doNotFollow: { path: ['node_modules', '/dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
