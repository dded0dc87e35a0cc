/** ModelServer as it is, started from the environment like src/main.ts, for a benchmark to measure. */
import { pino } from 'pino';
import { startModelServer } from '../../../src/app.js';
import { readConfig } from '../../../src/config.js';
import { answerQuestions } from './answer-questions.js';

const config = readConfig();
const server = await startModelServer(config, { log: pino({ level: config.logLevel }) });
answerQuestions(server.address, () => server.stop());
