/**
 * The arguments of a call cannot be sent as they are: rows of different
 * lengths, labels of mixed types, an unknown hyperparameter. It is thrown before
 * anything goes over the wire; what only the server can judge (ranges, names)
 * comes back as a ModelServerError instead.
 */
export class InputError extends Error {
  override readonly name = 'InputError';

  /**
   * @param field The argument at fault, for example `x[3]` or `estimator.randomForestClassifier.nEstimators`.
   * @param description What is wrong with it, and what would be right.
   */
  constructor(
    readonly field: string,
    readonly description: string,
  ) {
    super(`${field}: ${description}`);
  }
}
