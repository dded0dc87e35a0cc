"""Held-out accuracy of scikit-learn, LightGBM and XGBoost on the data sets beside this file.

The twin of test/estimators/accuracy.test.ts, which notes these figures: five
folds (the i-th row of a class, in the order of the file, is in fold i mod 5),
default hyperparameters, rows as they are; the accuracy is the share of all rows
that the model of the other four folds labels correctly. The forest is averaged
over ten seeds; on digits, a tenth of the trees is grown.

    python -m venv .venv && .venv/bin/pip install scikit-learn==1.9.1 lightgbm==4.7.0 xgboost==3.2.0
    .venv/bin/python test/data/reference_accuracy.py
"""

import csv
import pathlib
import time
import warnings
from collections import Counter

import lightgbm
import numpy as np
import sklearn
import xgboost
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

FOLDS = 5


def read(name):
    with open(pathlib.Path(__file__).with_name(f"{name}.csv"), newline="") as file:
        _, *rows = csv.reader(file)
    x = np.array([[float(value) for value in row[:-1]] for row in rows])
    # XGBoost takes classes by their numbers only.
    return x, np.unique([row[-1] for row in rows], return_inverse=True)[1]


def fold_of_rows(y):
    seen = Counter()
    folds = []
    for label in y:
        folds.append(seen[label] % FOLDS)
        seen[label] += 1
    return np.array(folds)


def accuracy(make, x, y):
    folds = fold_of_rows(y)
    right = 0
    for fold in range(FOLDS):
        train, test = folds != fold, folds == fold
        right += int((make().fit(x[train], y[train]).predict(x[test]) == y[test]).sum())
    return right / len(y)


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(
        f"scikit-learn {sklearn.__version__}, LightGBM {lightgbm.__version__}, XGBoost {xgboost.__version__},"
        f" numpy {np.__version__}"
    )
    for name in ("iris", "wine", "breast_cancer", "digits"):
        x, y = read(name)
        trees = 10 if name == "digits" else 100
        started = time.process_time()
        forest = [
            accuracy(lambda: RandomForestClassifier(n_estimators=trees, random_state=seed), x, y) for seed in range(10)
        ]
        seconds = time.process_time() - started
        print(
            f"{name}: LogisticRegression {accuracy(LogisticRegression, x, y):.4f}"
            f"  RandomForestClassifier({trees} trees) {np.mean(forest):.4f} (from {min(forest):.4f} to {max(forest):.4f},"
            f" {seconds:.0f} s)"
            f"  KNeighborsClassifier {accuracy(KNeighborsClassifier, x, y):.4f}"
            f"  LGBMClassifier {accuracy(lambda: lightgbm.LGBMClassifier(n_estimators=trees, n_jobs=1, verbose=-1), x, y):.4f}"
            f"  XGBClassifier {accuracy(lambda: xgboost.XGBClassifier(n_estimators=trees, n_jobs=1), x, y):.4f}"
        )


if __name__ == "__main__":
    main()
