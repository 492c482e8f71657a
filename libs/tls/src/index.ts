export { byCode, explain, tlsRules, whyClosed, type Rule } from './explain.js';
export { readSetting, readTls, type TlsOptions } from './files.js';
export {
  serverBySchemes,
  tlsEnv,
  tlsFiles,
  tlsNames,
  type FileSetting,
  type Server,
  type TlsFiles,
  type TlsNames,
} from './settings.js';
