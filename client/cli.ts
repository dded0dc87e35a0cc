#!/usr/bin/env node
import { exitCodeOf } from './cli/exit-codes.js';
import { createProgram } from './cli/program.js';

// `modelserver list | head -1` closes the pipe early; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await createProgram().parseAsync();
} catch (error) {
  // Commander has said what is wrong; whatever else comes here is a fault of ours.
  process.exitCode = exitCodeOf(error);
  if (!(error instanceof Error && 'exitCode' in error)) throw error;
}
