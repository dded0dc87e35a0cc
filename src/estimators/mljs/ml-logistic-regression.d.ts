/** What the engine uses of ml-logistic-regression, which has no types of its own. */
declare module 'ml-logistic-regression' {
  import type { Matrix } from 'ml-matrix';

  /** What the package asks of a feature matrix (shape: rows x columns) while it trains. */
  export interface Features {
    readonly columns: number;
    /** The scores of the rows, of which the package takes the sigmoids. */
    mmul(weights: Matrix): { to1DArray(): number[] | Float64Array };
    transpose(): { mmul(errors: Matrix): Matrix };
  }

  /** The ascent of one sigmoid. */
  export interface TwoClasses {
    readonly weights: Matrix;
    train(features: Features, target: Matrix): void;
  }

  export default class LogisticRegression {
    static load(model: {
      name: 'LogisticRegression';
      numberClasses: number;
      classifiers: { numSteps: number; learningRate: number }[];
    }): LogisticRegression;
    readonly classifiers: TwoClasses[];
  }
}
