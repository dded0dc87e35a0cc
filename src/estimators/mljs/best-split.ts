import { RandomForestClassifier } from 'ml-random-forest';

/** A cut of the rows into those below the threshold in a column, and the others. */
export interface Split {
  readonly column: number;
  readonly threshold: number;
}

interface Stump {
  readonly splitColumn: number;
  readonly splitValue: number;
}

/**
 * The split of `rows` (shape: rows x columns) that lowers the Gini impurity of
 * `labels` most, as ml-random-forest finds it; rows of at least two labels.
 *
 * The package draws features once a tree. Asked for one tree without depth, it
 * looks for the best split of its root and stops, so that whoever grows a tree
 * of such stumps can draw features at every split, as Breiman's forests do
 * ("Random Forests", 2001, section 4).
 *
 * @param seed orders the columns, and so decides between equally good ones.
 */
export function bestSplit(rows: number[][], labels: number[], seed: number): Split {
  const forest = new RandomForestClassifier({
    nEstimators: 1,
    // 1 stands for 100 %.
    maxFeatures: 1,
    replacement: false,
    useSampleBagging: false,
    noOOB: true,
    seed,
    treeOptions: { maxDepth: 0, minNumSamples: 1, gainThreshold: 0 },
  });
  forest.train(rows, labels);
  const [columns] = forest.indexes as number[][];
  const [{ root }] = forest.estimators as unknown as { root: Stump }[];
  return { column: columns[root.splitColumn], threshold: root.splitValue };
}
