"""What scikit-learn's forests do on the data sets beside this file.

Nodes and importances of pruned trees are the figures of
test/estimators/core/pruning.test.ts: without bootstrap, and with all features at
every split, a forest is one tree again and again. Which of equal splits is taken
is left to chance, so several seeds are looked at. Of breast_cancer only every
third row is used: so few values have a bin each in ENGINE_CORE, and both find
the same cuts.

Accuracies out of the bag, of ten seeds, are those of
test/estimators/core/out-of-bag.test.ts.

    python -m venv .venv && .venv/bin/pip install scikit-learn==1.9.1
    .venv/bin/python test/data/reference_forest.py
"""

import csv
import pathlib

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier

ALPHAS = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)


def read(name):
    with open(pathlib.Path(__file__).with_name(f"{name}.csv"), newline="") as file:
        _, *rows = csv.reader(file)
    x = np.array([[float(value) for value in row[:-1]] for row in rows])
    return x, np.array([row[-1] for row in rows])


def tree(x, y, criterion, alpha, seed):
    forest = RandomForestClassifier(
        n_estimators=1, bootstrap=False, max_features=None, criterion=criterion, ccp_alpha=alpha, random_state=seed
    )
    return forest.fit(x, y)


def print_pruning():
    for name, step in (("iris", 1), ("wine", 1), ("breast_cancer", 3)):
        x, y = (array[::step] for array in read(name))
        for criterion in ("gini", "entropy"):
            print(f"{name}, {criterion}")
            for alpha in ALPHAS:
                forests = [tree(x, y, criterion, alpha, seed) for seed in range(5)]
                nodes = sorted({forest.estimators_[0].tree_.node_count for forest in forests})
                largest = sorted({f"{forest.feature_importances_.max():.4f}" for forest in forests})
                print(f"  ccp_alpha {alpha}: nodes {nodes}, largest importance {largest}")


def print_out_of_bag():
    for name in ("iris", "wine", "breast_cancer"):
        x, y = read(name)
        scores = [RandomForestClassifier(oob_score=True, random_state=seed).fit(x, y).oob_score_ for seed in range(10)]
        print(f"{name}: out of the bag {np.mean(scores):.4f} (from {min(scores):.4f} to {max(scores):.4f})")


def main():
    print(f"scikit-learn {sklearn.__version__}, numpy {np.__version__}")
    print_pruning()
    print_out_of_bag()


if __name__ == "__main__":
    main()
