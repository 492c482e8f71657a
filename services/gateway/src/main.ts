import { runMain, startService } from '@jangteo/service';
import { AdminHandler } from './admin.handler.js';
import { readGatewayConfig } from './gateway.config.js';
import { gatewayModule } from './gateway.module.js';
import { httpAdapter, prepareHttp } from './http.js';

await runMain(async () => {
  const config = readGatewayConfig();
  await startService({
    config,
    module: gatewayModule(config),
    adapter: httpAdapter(config),
    prepare: (app) => prepareHttp(app, config),
    complete: (app) => app.get(AdminHandler).ensureAdmin(),
  });
});
