export { ALL_SERVICES as services, type AnyService as Service } from '@jangteo/contracts';
