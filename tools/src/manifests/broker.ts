import { eventExchange, permissionsOf } from '@jangteo/contracts';
import type { Service } from '../services.js';
import type { Manifest } from './service.js';

const VHOST = '/';
const NAMESPACE = 'jangteo';

const apiVersion = 'rabbitmq.com/v1beta1';
const cluster = { rabbitmqClusterReference: { name: 'rabbitmq' } };

/** The exchange of all events, as services declare it: a broker refuses permissions on one that it does not have. */
export function eventExchangeManifest(): Manifest {
  const name = eventExchange(NAMESPACE);
  const spec = { name, vhost: VHOST, type: 'topic', durable: true, autoDelete: false, ...cluster };
  return { apiVersion, kind: 'Exchange', metadata: { name: 'events' }, spec };
}

/** A service's user on the broker, for the messaging topology operator, with the least permissions that do. */
export function brokerUserManifests(service: Service): Manifest[] {
  const { events, ...permissions } = permissionsOf(service, NAMESPACE);
  const whose = { vhost: VHOST, userReference: { name: service }, ...cluster };
  const metadata = { name: service };
  const onEvents: Manifest = {
    apiVersion,
    kind: 'TopicPermission',
    metadata,
    spec: { ...whose, permissions: { ...events } },
  };
  return [
    {
      apiVersion,
      kind: 'User',
      metadata,
      spec: { importCredentialsSecret: { name: `${service}-broker` }, ...cluster },
    },
    { apiVersion, kind: 'Permission', metadata, spec: { ...whose, permissions } },
    ...(events === undefined ? [] : [onEvents]),
  ];
}
