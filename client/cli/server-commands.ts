import type { Command } from 'commander';
import type { ServerStatus } from '../server-status.js';
import { formatBytes, formatDuration, formatTime } from '../terminal/format.js';
import { formatProgress } from '../terminal/progress-bar.js';
import type { Style } from '../terminal/style.js';
import { formatPairs, formatTable } from '../terminal/table.js';
import { action } from './context.js';
import { ExitCode } from './exit-codes.js';

/** Docker's health check gives up after some seconds; the command should have said something by then. */
const HEALTH_TIMEOUT_SECONDS = 3;

/** The commands about the server itself: status, health. */
export function addServerCommands(program: Command): void {
  const status = program.command('status').description('show the slots, the trainings and the counts of models');
  action<[], object>(status, async ({ client, call, result, style }) => {
    const serverStatus = await client.getStatus(call);
    result({ status: serverStatus }, () => describeStatus(serverStatus, style));
  });

  const health = program.command('health').description('ask whether the server serves; exits with 0 if it does');
  action<[], object>(
    health,
    async ({ client, call, result, style }) => {
      const answer = await client.health(call);
      const isServing = answer === 'SERVING';
      result({ health: answer }, () => `  ${isServing ? style.good(answer) : style.bad(answer)}`);
      return isServing ? ExitCode.ok : ExitCode.refused;
    },
    { defaultTimeoutSeconds: HEALTH_TIMEOUT_SECONDS },
  );
}

function describeStatus(status: ServerStatus, style: Style): string {
  const now = Date.now();
  const { startedAt, trainings } = status;
  const uptime = startedAt && `${formatDuration(now - startedAt.getTime())}, since ${formatTime(startedAt)} UTC`;
  const pairs = formatPairs(
    [
      ['version', status.version],
      ['up for', uptime],
      ['training slots', `${status.busyTrainingSlots} of ${status.trainingSlots} in use`],
      ['loaded models', `${status.loadedModels} of at most ${status.maxLoadedModels}`],
      ['memory of models', `${formatBytes(status.loadedBytes)} of at most ${formatBytes(status.maxLoadedBytes)}`],
      [
        'under way',
        `${formatBytes(status.inflightBytes)} of messages, at most ${formatBytes(status.maxInflightBytes)}`,
      ],
      ['stored models', status.storedModels],
      ['replaced workers', status.replacedWorkers === 0 ? undefined : status.replacedWorkers],
    ],
    style,
  );
  if (trainings.length === 0) return pairs;
  const rows = trainings.map((training) => [
    training.name,
    training.estimator,
    formatProgress(training.progress, now - (training.startedAt?.getTime() ?? now), style),
  ]);
  const columns = [{ title: 'training' }, { title: 'estimator' }, { title: 'progress' }];
  return `${pairs}\n\n${formatTable(columns, rows, style)}`;
}
