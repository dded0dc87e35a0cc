/** The kernels of linear models; each is documented in its file under `assembly/`. */
export interface LinearKernels {
  // exponential.ts
  exponentials32(address: number, length: number): void;
  exponentials64(address: number, length: number): void;
  logarithms32(address: number, length: number): void;
  logarithms64(address: number, length: number): void;
  // rows.ts, linear.ts, sigmoid.ts, softmax.ts
  addColumnMoments32: AddColumnMoments;
  addColumnMoments64: AddColumnMoments;
  placeBlock32: PlaceBlock;
  placeBlock64: PlaceBlock;
  addMoments32: AddMoments;
  addMoments64: AddMoments;
  sigmoidLoss32: SigmoidLoss;
  sigmoidLoss64: SigmoidLoss;
  sigmoidLossMixed: SigmoidLoss;
  softmaxLoss32: SoftmaxLoss;
  softmaxLoss64: SoftmaxLoss;
  softmaxLossMixed: SoftmaxLoss;
  // linear-predict.ts
  linearScores(x: number, rows: number, features: number, coef: number, width: number, scores: number): void;
  softmaxRows(scores: number, rows: number, classes: number, width: number): void;
}

export type AddColumnMoments = (
  raw: number,
  weights: number,
  features: number,
  shift: number,
  sums: number,
  squares: number,
) => void;

export type PlaceBlock = (
  raw: number,
  features: number,
  width: number,
  unit: number,
  centre: number,
  inverse: number,
  block: number,
) => void;

export type AddMoments = (
  x: number,
  weights: number,
  blocks: number,
  features: number,
  scratch: number,
  moments: number,
) => void;

export type SigmoidLoss = (
  x: number,
  labels: number,
  weights: number,
  blocks: number,
  features: number,
  coef: number,
  scratch: number,
  gradient: number,
) => number;

export type SoftmaxLoss = (
  x: number,
  labels: number,
  weights: number,
  blocks: number,
  features: number,
  classes: number,
  coef: number,
  scratch: number,
  gradient: number,
) => number;
