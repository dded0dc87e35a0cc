/** Trains like the server does, without a server: the same rows, by the training core, on this process's own thread. */
import { classification } from '../../data/generators/classification.js';
import { probabilitiesOf, trainOurs } from '../../ours.js';
import { logLossOf } from '../../scores.js';
import { HYPERPARAMETERS, QUERIES, type Trained } from './work.js';

const [rows, columns] = process.argv.slice(2).map(Number);
const problem = classification(rows, columns, QUERIES);

process.on('message', () => {
  const model = trainOurs('lgbm_classifier', { n_estimators: HYPERPARAMETERS.nEstimators }, problem);
  const logLoss = logLossOf(probabilitiesOf(model, problem), problem.qy, problem.classes);
  process.send?.({ logLoss } satisfies Trained);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
