/**
 * Custom resources for the operators of PostgreSQL and RabbitMQ, as their definitions have them
 * (CloudNativePG 1.26 with its Barman Cloud plugin, RabbitMQ cluster operator 2 and messaging topology operator 1). Fields that no manifest uses
 * are left out, so that one which is written for the first time has to be looked up.
 */

interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface ResourceRequirements {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

interface PodAntiAffinityTerm {
  readonly topologyKey: string;
  readonly labelSelector: { readonly matchLabels: Readonly<Record<string, string>> };
}

interface Named {
  readonly name: string;
}

interface Resource<Group extends string, Kind extends string, Spec> {
  readonly apiVersion: Group;
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
}

type Postgres<Kind extends string, Spec> = Resource<'postgresql.cnpg.io/v1', Kind, Spec>;
type Rabbit<Kind extends string, Spec> = Resource<'rabbitmq.com/v1beta1', Kind, Spec>;

/** The names of objects that keep backups; of those, `serverName` is a folder in the store. */
interface BarmanPlugin extends Named {
  readonly isWALArchiver?: boolean;
  readonly parameters?: { readonly barmanObjectName: string; readonly serverName?: string };
}

interface Role extends Named {
  readonly ensure?: 'present' | 'absent';
  readonly login?: boolean;
  readonly connectionLimit?: number;
  readonly passwordSecret?: Named;
}

export type Cluster = Postgres<
  'Cluster',
  {
    readonly instances: number;
    readonly imageName?: string;
    readonly primaryUpdateStrategy?: 'unsupervised' | 'supervised';
    readonly primaryUpdateMethod?: 'switchover' | 'restart';
    readonly enableSuperuserAccess?: boolean;
    readonly postgresql?: {
      readonly parameters?: Readonly<Record<string, string>>;
      readonly pg_hba?: readonly string[];
      readonly synchronous?: {
        readonly method: 'any' | 'first';
        readonly number: number;
        readonly dataDurability?: 'required' | 'preferred';
      };
    };
    readonly managed?: { readonly roles?: readonly Role[] };
    readonly plugins?: readonly BarmanPlugin[];
    readonly bootstrap?: {
      readonly recovery?: {
        readonly source?: string;
        readonly recoveryTarget?: { readonly targetTime?: string };
      };
    };
    readonly externalClusters?: readonly (Named & { readonly plugin?: BarmanPlugin })[];
    readonly affinity?: {
      readonly enablePodAntiAffinity?: boolean;
      readonly topologyKey?: string;
      readonly podAntiAffinityType?: 'preferred' | 'required';
    };
    readonly resources?: ResourceRequirements;
    readonly storage?: { readonly size?: string; readonly storageClass?: string };
    readonly walStorage?: { readonly size?: string; readonly storageClass?: string };
  }
>;

export type Database = Postgres<
  'Database',
  {
    readonly name: string;
    readonly owner: string;
    readonly cluster: Named;
    readonly template?: string;
    readonly encoding?: string;
    readonly localeCollate?: string;
    readonly localeCType?: string;
    readonly ensure?: 'present' | 'absent';
    readonly databaseReclaimPolicy?: 'delete' | 'retain';
  }
>;

export type ScheduledBackup = Postgres<
  'ScheduledBackup',
  {
    readonly schedule: string;
    readonly immediate?: boolean;
    readonly cluster: Named;
    readonly method?: 'plugin';
    readonly pluginConfiguration?: Named;
  }
>;

interface SecretKey extends Named {
  readonly key: string;
}

export type ObjectStore = Resource<
  'barmancloud.cnpg.io/v1',
  'ObjectStore',
  {
    readonly retentionPolicy?: string;
    readonly configuration: {
      readonly destinationPath: string;
      readonly endpointURL?: string;
      readonly s3Credentials?: { readonly accessKeyId: SecretKey; readonly secretAccessKey: SecretKey };
      readonly wal?: { readonly compression?: 'gzip' | 'zstd' };
    };
  }
>;

export type RabbitmqCluster = Rabbit<
  'RabbitmqCluster',
  {
    readonly replicas?: number;
    readonly image?: string;
    readonly resources?: ResourceRequirements;
    readonly persistence?: { readonly storage?: string; readonly storageClassName?: string };
    readonly affinity?: {
      readonly podAntiAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAntiAffinityTerm[];
      };
    };
    readonly rabbitmq?: {
      readonly additionalConfig?: string;
      readonly additionalPlugins?: readonly string[];
    };
    readonly override?: { readonly statefulSet?: Readonly<Record<string, unknown>> };
  }
>;

interface OfCluster {
  readonly rabbitmqClusterReference: Named & { readonly namespace?: string };
}

type OfUser = OfCluster & { readonly vhost: string; readonly userReference: Named };

export type User = Rabbit<
  'User',
  OfCluster & {
    readonly importCredentialsSecret?: Named;
    readonly tags?: readonly ('management' | 'policymaker' | 'monitoring' | 'administrator')[];
  }
>;

export type Permission = Rabbit<
  'Permission',
  OfUser & { readonly permissions: { readonly [What in 'configure' | 'write' | 'read']?: string } }
>;

export type Exchange = Rabbit<
  'Exchange',
  OfCluster & {
    readonly name: string;
    readonly vhost: string;
    readonly type: 'direct' | 'fanout' | 'headers' | 'topic';
    readonly durable: boolean;
    readonly autoDelete: boolean;
  }
>;

export type TopicPermission = Rabbit<
  'TopicPermission',
  OfUser & {
    readonly permissions: { readonly exchange: string; readonly write?: string; readonly read?: string };
  }
>;

/** A file kustomization.yaml: the fields in use here. */
export interface Kustomization {
  readonly apiVersion: 'kustomize.config.k8s.io/v1beta1';
  readonly kind: 'Kustomization';
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly images?: readonly { readonly name: string; readonly newName?: string; readonly newTag?: string }[];
  readonly patches?: readonly {
    readonly path?: string;
    readonly patch?: string;
    readonly target?: { readonly kind?: string; readonly name?: string; readonly labelSelector?: string };
  }[];
  readonly generatorOptions?: { readonly disableNameSuffixHash?: boolean };
  readonly secretGenerator?: readonly {
    readonly name: string;
    readonly type?: string;
    readonly envs?: readonly string[];
    readonly options?: { readonly labels?: Readonly<Record<string, string>> };
  }[];
}
