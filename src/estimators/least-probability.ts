/** Below this a probability counts as this, as in scikit-learn's log_loss: the spacing of doubles at 1. */
export const LEAST_PROBABILITY = Number.EPSILON;
