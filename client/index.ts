/** The typed client of ModelServer: `import { ModelServerClient } from 'modelserver'`. */
export { accuracy } from './accuracy.js';
export type { CallOptions } from './call-options.js';
export type { ModelServerClientOptions } from './client-options.js';
export type { FieldViolation } from './error-details.js';
export { CallAbortedError, ModelServerError, type StatusName } from './errors.js';
export { type Estimator, estimatorKind, type Hyperparameters, type MaxFeatures } from './estimator.js';
export type { FitProgress, UploadProgress } from './fit-progress.js';
export type { FitRequest } from './fit-request.js';
export type { FloatArray } from './float-array.js';
export type { Health } from './health.js';
export type { EstimatorKind } from './hyperparameter-fields.js';
export { InputError } from './input-error.js';
export type { Labels, LabelsInput } from './labels.js';
export { type DenseMatrix, type MatrixInput, toRows } from './matrix.js';
export type { Feature, Metrics, Model, ModelState } from './model.js';
export {
  type FitOptions,
  type ListModelsOptions,
  ModelServerClient,
  type ModelPage,
  type PredictRequest,
  type RemoveOptions,
} from './model-server-client.js';
export type { Prediction } from './prediction.js';
export type { Predictor, PredictorCallOptions, PredictorOptions } from './predictor.js';
export type { TrainingProgress } from './progress.js';
export { defaultRetryPolicy, type RetryPolicy } from './retry.js';
export type { ServerStatus, Training } from './server-status.js';
export type { Table, TableColumn } from './table.js';
