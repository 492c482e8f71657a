export { eventually } from '@jangteo/infra';
