import { shorten } from '../shorten.js';

/** '830 ms', '4.2 s', '3 min 07 s', '2 h 05 min'. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${twoDigits(Math.floor((seconds % 3600) / 60))} min`;
}

/** '512 B', '12.3 kB', '4.0 MB'; in steps of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** A share as '97.3 %'. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A point in time as '2031-05-06 07:08:09', in UTC. */
export function formatTime(time: Date | undefined): string {
  return time === undefined ? '–' : time.toISOString().slice(0, 19).replace('T', ' ');
}

/** The first `limit` values, long ones shortened, and how many there are when these are not all. */
export function formatList(values: readonly (string | number | bigint)[], limit = 10): string {
  const shown = values
    .slice(0, limit)
    .map((value) => shorten(String(value)))
    .join(', ');
  return values.length > limit ? `${shown}, … (${values.length} in all)` : shown;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
