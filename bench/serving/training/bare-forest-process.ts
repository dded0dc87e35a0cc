/** Trains a forest without a server, on this process's own thread, as nice as a training thread of the server; for as long as it lives. */
import { yieldProcessor } from '../../../src/training/yield-processor.js';
import { trainOurs } from '../../ours.js';
import { FOREST, forestRows } from './work.js';

yieldProcessor();
const rows = forestRows();
process.send?.('ready', () => trainOurs('random_forest_classifier', { n_estimators: FOREST.nEstimators }, rows));
