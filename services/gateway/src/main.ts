import { runMain, startService } from '@jangteo/service';
import { AdminHandler } from './admin.handler.js';
import { logAdminActions } from './admin-log.js';
import { readGatewayConfig } from './gateway.config.js';
import { gatewayModule } from './gateway.module.js';
import { httpAdapter, prepareHttp } from './http.js';

await runMain(async () => {
  const config = readGatewayConfig();
  await startService({
    config,
    module: gatewayModule(config),
    adapter: httpAdapter(config),
    prepare: (app) => {
      prepareHttp(app, config);
      logAdminActions(app);
    },
    complete: (app) => app.get(AdminHandler).ensureAdmin(),
  });
});
