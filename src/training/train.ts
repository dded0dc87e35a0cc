import { engineOf } from '../estimators/catalog.js';
import type { TrainingMonitor } from '../estimators/estimator.js';
import { encodeLabels } from '../estimators/labels.js';
import { requireFinite, toFloat64 } from '../estimators/matrix.js';
import type { FitJob, FitResult } from './protocol.js';

/**
 * Checks the data of a job and trains on it. It runs on a worker thread, so that
 * neither holds up the server.
 *
 * @throws DomainError for data that cannot be trained on, TrainingCancelled from
 *   the monitor.
 */
export function train({ spec, x, y, seed }: FitJob, monitor: TrainingMonitor): FitResult {
  const engine = engineOf(spec);
  requireFinite(x, engine.takesMissingValues);
  const { classes, indexes } = encodeLabels(y);
  const tensors = engine.fit(
    {
      nSamples: x.rows,
      nFeatures: x.columns,
      nClasses: classes.values.length,
      x: toFloat64(x),
      y: indexes,
      seed,
    },
    spec.hyperparameters,
    monitor,
  );
  return { classes, tensors };
}
