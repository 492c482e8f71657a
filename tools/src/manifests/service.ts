import { accountOf, declarationOf, SERVICE_PORT, SHOP } from '@jangteo/contracts';
import type { Service } from '../services.js';

/** An object of Kubernetes that is only written down here; `faults.ts` holds it to its schema. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string } & Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** The user `node` of the images. */
const USER_ID = 1_000;

/** Both deadlines of a service that is told to stop: SHUTDOWN_DEADLINE_MS, and what closing takes after it. */
const STOP_SECONDS = 15 + 5;

/** On a busy machine a start takes minutes; as in the Dockerfile. */
const START_SECONDS = 180;

/** Time for whatever is left when both deadlines have passed. */
const STOP_RESERVE_SECONDS = 10;

/** The gateway goes on to serve until every balancer has heard that it leaves. */
const LEAVE_SECONDS = 10;

const labelsOf = (service: Service) => ({
  'app.kubernetes.io/name': service,
  'app.kubernetes.io/part-of': 'jangteo',
});

/** One half of a Secret of the type `kubernetes.io/basic-auth`. */
const secretPart = (variable: string, secret: string, key: 'username' | 'password') => ({
  name: variable,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

/** Kubernetes puts the values in; passwords must need no escaping in a URL. @param secret of the user to work as */
const databaseVariables = (service: Service, secret: string) => [
  secretPart('DATABASE_USER', secret, 'username'),
  secretPart('DATABASE_PASSWORD', secret, 'password'),
  {
    name: 'DATABASE_URL',
    value: `postgres://$(DATABASE_USER):$(DATABASE_PASSWORD)@postgres-rw:5432/${accountOf(service)}`,
  },
];

const brokerVariables = (service: Service) => [
  secretPart('BROKER_USER', `${service}-broker`, 'username'),
  secretPart('BROKER_PASSWORD', `${service}-broker`, 'password'),
  { name: 'AMQP_URL', value: 'amqp://$(BROKER_USER):$(BROKER_PASSWORD)@rabbitmq:5672' },
];

const ownSecret = (service: Service, variable: string) => ({
  name: variable,
  valueFrom: { secretKeyRef: { name: `${service}-secrets`, key: variable } },
});

function ownVariables(service: Service): readonly object[] {
  if (service === 'order') return [{ name: 'DATA_PLATFORM_URL', value: 'none' }];
  // Nobody pays in the sandbox: the overlay with a provider takes it back.
  if (service === 'wallet') return [{ name: 'ALLOW_SANDBOX', value: 'true' }];
  if (service !== 'gateway') return [];
  return [
    { name: 'OPS_HOST', value: '0.0.0.0' },
    { name: 'OPS_PORT', value: String(SHOP.gateway.opsPort) },
    ...SHOP.gateway.own.map((variable) => ownSecret(service, variable)),
  ];
}

const variablesOf = (service: Service) => [
  { name: 'NODE_ENV', value: 'production' },
  { name: 'HTTP_HOST', value: '0.0.0.0' },
  { name: 'HTTP_PORT', value: String(SERVICE_PORT) },
  { name: 'REQUEST_QUEUES', value: 'quorum' },
  { name: 'SHUTDOWN_DEADLINE_MS', value: '15000' },
  ...databaseVariables(service, `${service}-runtime-database`),
  ...brokerVariables(service),
  ...ownVariables(service),
];

const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

const CLIENTS_PORT = { name: 'http', containerPort: SERVICE_PORT };

const opsPortOf = (service: Service) => declarationOf(service).opsPort;

/** The port for metrics and health. */
const operatorsPortOf = (service: Service) =>
  opsPortOf(service) === undefined ? CLIENTS_PORT : { name: 'ops', containerPort: opsPortOf(service) };

const probe = (service: Service, path: string, periodSeconds: number, failureThreshold: number) => ({
  httpGet: { path, port: operatorsPortOf(service).name },
  periodSeconds,
  // /health/ready gives each of its checks two seconds.
  timeoutSeconds: 3,
  failureThreshold,
});

/** Whatever else operators set, for all services: each passes over what is not its own. */
const SETTINGS = 'jangteo-settings';

const containerOf = (service: Service) => ({
  name: service,
  image: `jangteo/${service}`,
  imagePullPolicy: 'IfNotPresent',
  ports: opsPortOf(service) === undefined ? [CLIENTS_PORT] : [CLIENTS_PORT, operatorsPortOf(service)],
  // What stands in `env` wins over it.
  envFrom: [{ configMapRef: { name: SETTINGS, optional: true } }],
  env: variablesOf(service),
  startupProbe: probe(service, '/health/live', 1, START_SECONDS),
  livenessProbe: probe(service, '/health/live', 10, 3),
  readinessProbe: probe(service, '/health/ready', 5, 2),
  ...(service === 'gateway' ? { lifecycle: { preStop: { sleep: { seconds: LEAVE_SECONDS } } } } : {}),
  // No limit of CPU: a process that is throttled answers late, and one core is all that it can use.
  resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '768Mi' } },
  securityContext: containerSecurity,
});

/** Before each start: migrations take a lock, so that of several replicas the first does it and the others find it done. */
const migration = (service: Service) => ({
  name: 'migrate',
  image: `jangteo/${service}`,
  imagePullPolicy: 'IfNotPresent',
  args: ['migrate'],
  env: [
    ...databaseVariables(service, `${service}-database`),
    secretPart('DATABASE_RUNTIME_USER', `${service}-runtime-database`, 'username'),
  ],
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
  securityContext: containerSecurity,
});

const spread = (service: Service, topologyKey: string) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: labelsOf(service) },
  matchLabelKeys: ['pod-template-hash'],
});

function podOf(service: Service) {
  const leaveSeconds = service === 'gateway' ? LEAVE_SECONDS : 0;
  return {
    serviceAccountName: service,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: leaveSeconds + STOP_SECONDS + STOP_RESERVE_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((key) =>
      spread(service, key),
    ),
    initContainers: [migration(service)],
    containers: [containerOf(service)],
  };
}

const deploymentOf = (service: Service): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: service, labels: labelsOf(service) },
  spec: {
    // How many gateways there are is for their autoscaler to say.
    ...(service === 'gateway' ? {} : { replicas: 2 }),
    revisionHistoryLimit: 5,
    minReadySeconds: 5,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector: { matchLabels: labelsOf(service) },
    template: {
      metadata: {
        labels: labelsOf(service),
        annotations: {
          'prometheus.io/scrape': 'true',
          'prometheus.io/port': String(operatorsPortOf(service).containerPort),
          'prometheus.io/path': '/metrics',
        },
      },
      spec: podOf(service),
    },
  },
});

/** The objects that every service has; what only some have is written by hand beside them. */
export function serviceManifests(service: Service): Manifest[] {
  const metadata = { name: service, labels: labelsOf(service) };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    deploymentOf(service),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: {
        maxUnavailable: 1,
        // A pod that is not ready serves nobody, and must not keep a node from being drained.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: labelsOf(service) },
      },
    },
  ];
}
