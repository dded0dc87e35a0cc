import type { TrainingProgress } from './progress.js';

/** How far the rows of a fit have come to the server. */
export interface UploadProgress {
  readonly phase: 'upload';
  /** The rows that have left, of `rows` (n_samples). */
  readonly sentRows: number;
  readonly rows: number;
  /** What they took on the wire, in bytes. */
  readonly sentBytes: number;
}

/** How far a fit is: first its upload, then its training. After a retry it begins again. */
export type FitProgress = UploadProgress | (TrainingProgress & { readonly phase: 'training' });
