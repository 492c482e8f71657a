import type { Provider } from '@nestjs/common';
import { CONFIG } from '@jangteo/service';
import { destinationOf, type DataPlatformConfig } from './data-platform.config.js';
import { FileSink } from './file-sink.js';
import { HttpSink } from './http-sink.js';
import { readSecurity } from './kafka-security.js';
import { KafkaSink } from './kafka-sink.js';
import { DataPlatformRelay } from './relay.js';
import { PLATFORM_SINK, type PlatformSink } from './sink.js';

/** @throws ConfigurationError when the environment names no sink that there is */
export function sinkOf(config: DataPlatformConfig): PlatformSink | undefined {
  const destination = destinationOf(config);
  switch (destination.kind) {
    case 'none':
      return undefined;
    case 'file':
      return new FileSink(destination.path);
    case 'http':
      return new HttpSink(destination.url, destination.secret);
    case 'kafka':
      // What is wrong with its files stops the start, not the first batch.
      readSecurity(destination, destination.brokers);
      return new KafkaSink(destination.brokers, destination.topic, destination);
  }
}

export const dataPlatformProviders: Provider[] = [
  { provide: PLATFORM_SINK, useFactory: sinkOf, inject: [CONFIG] },
  DataPlatformRelay,
];
