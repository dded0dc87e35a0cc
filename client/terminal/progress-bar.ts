import type { UploadProgress } from '../fit-progress.js';
import type { TrainingProgress } from '../progress.js';
import { formatBytes, formatDuration } from './format.js';
import type { Style } from './style.js';

/** A bar for a share of 0 to 1. */
function formatBar(fraction: number, style: Style, width = 24): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return style.accent('━'.repeat(filled)) + style.dim('─'.repeat(width - filled));
}

/** One line for a training: bar, percentage, iterations, time so far and time to go. */
export function formatProgress(progress: TrainingProgress | undefined, elapsedMs: number, style: Style): string {
  const { fraction = 0, iteration = 0, iterations = 0, remainingMs } = progress ?? {};
  const parts = [
    formatBar(fraction, style),
    `${Math.floor(fraction * 100)} %`.padStart(5),
    iterations > 0 ? style.dim(`${iteration}/${iterations}`) : '',
    formatDuration(elapsedMs),
    remainingMs === undefined || fraction >= 1 ? '' : style.dim(`${formatDuration(remainingMs)} to go`),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

/** One line for an upload: bar, percentage, rows, bytes so far, and bytes a second. */
export function formatUpload({ sentRows, rows, sentBytes }: UploadProgress, elapsedMs: number, style: Style): string {
  const fraction = rows === 0 ? 0 : sentRows / rows;
  const parts = [
    formatBar(fraction, style),
    `${Math.floor(fraction * 100)} %`.padStart(5),
    style.dim(`${sentRows}/${rows} rows`),
    formatBytes(sentBytes),
    elapsedMs > 0 ? style.dim(`${formatBytes(Math.round((sentBytes * 1000) / elapsedMs))}/s`) : '',
  ];
  return parts.filter((part) => part !== '').join('  ');
}
