import { SERVICES, settingsFrom } from './settings.js';
import { startGateway, startService } from './start.js';

const [name = ''] = process.argv.slice(2);
const settings = settingsFrom(process.env);
const service = SERVICES.find((one) => one === name);
if (service !== undefined) await startService(service, settings);
else if (name === 'gateway') await startGateway(settings);
else throw new Error(`There is no service "${name}": gateway, ${SERVICES.join(', ')}`);
