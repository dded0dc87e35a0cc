#!/usr/bin/env node
import { config as loadEnvFile } from 'dotenv';
import { pino } from 'pino';
import { startModelServer } from './app.js';
import { ConfigError, readConfig } from './config.js';
import { messageOf } from './errors.js';
import { DirectoryLockedError } from './model/directory-lock.js';

// Exit codes after sysexits(3): a supervisor can tell a bad setting from a fault.
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

loadEnvFile({ quiet: true });

try {
  const config = readConfig();
  const log = pino({
    level: config.logLevel,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
  const server = await startModelServer(config, { log });

  const hurry = new AbortController();
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // A second signal means: now.
    if (stopping) return hurry.abort();
    stopping = true;
    log.info({ signal }, 'signal');
    server.stop({ hurry: hurry.signal }).then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'the shutdown failed');
        process.exit(EXIT_FAILURE);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  // Only now does a signal end it well, so only now does it say that it serves.
  const { address, version, modelsPath } = server;
  log.info({ address, version, modelsPath, trainingSlots: config.trainingCores }, 'serving');
} catch (error) {
  const isSetting = error instanceof ConfigError || error instanceof DirectoryLockedError;
  process.stderr.write(`modelserver: ${messageOf(error)}\n`);
  process.exit(isSetting ? EXIT_CONFIG : EXIT_FAILURE);
}
