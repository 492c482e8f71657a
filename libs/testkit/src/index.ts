export { eventually } from './eventually.js';
export { startTcpProxy, type TcpProxy } from './tcp-proxy.js';
