import { readConfig, runMain, startService } from '@jangteo/service';
import { couponEnv } from './coupon.config.js';
import { couponModule } from './coupon.module.js';

await runMain(async () => {
  const config = readConfig(couponEnv);
  await startService({ config, module: couponModule(config) });
});
