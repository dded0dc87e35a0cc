"""Coefficients of scikit-learn's logistic regression on iris.csv beside this file.

The twin of test/estimators/core/logistic-regression-reference.test.ts, which
notes these figures. The minima are unique, so that the solver does not matter;
those without L1 are polished by Newton's method, the others by saga.

    python -m venv .venv && .venv/bin/pip install scikit-learn==1.9.1
    .venv/bin/python test/data/reference_logistic.py
"""

import csv
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression


def read(name):
    with open(pathlib.Path(__file__).with_name(f"{name}.csv"), newline="") as file:
        _, *rows = csv.reader(file)
    return np.array([[float(value) for value in row[:-1]] for row in rows]), np.array([row[-1] for row in rows])


def main():
    # 1.9 deprecates `penalty`; l1_ratio says the same.
    warnings.simplefilter("ignore", FutureWarning)
    x, y = read("iris")
    # The last two classes overlap, so that there is a minimum without a penalty too.
    pair = y != "setosa"
    weights = 1.0 + np.arange(len(y)) % 3
    newton = dict(solver="newton-cholesky", tol=1e-12, max_iter=1000)
    saga = dict(solver="saga", tol=1e-12, max_iter=10_000_000, random_state=0)
    fits = {
        "two classes, l2": LogisticRegression(**newton).fit(x[pair], y[pair]),
        "two classes, none": LogisticRegression(C=np.inf, **newton).fit(x[pair], y[pair]),
        "two classes, l1": LogisticRegression(l1_ratio=1, **saga).fit(x[pair], y[pair]),
        "three classes, l2": LogisticRegression(**newton).fit(x, y),
        "three classes, l2, c = 0.01": LogisticRegression(C=0.01, **newton).fit(x, y),
        "three classes, l2, no intercept": LogisticRegression(fit_intercept=False, **newton).fit(x, y),
        "three classes, l2, weights": LogisticRegression(**newton).fit(x, y, sample_weight=weights),
        "three classes, l1, c = 0.1": LogisticRegression(C=0.1, l1_ratio=1, **saga).fit(x, y),
        "three classes, elasticnet": LogisticRegression(l1_ratio=0.5, **saga).fit(x, y),
    }
    print(f"scikit-learn {sklearn.__version__}, numpy {np.__version__}")
    for name, fit in fits.items():
        rounded = [[round(float(value), 5) + 0.0 for value in row] for row in np.c_[fit.coef_, fit.intercept_]]
        print(f"{name} ({fit.n_iter_[0]} iterations): {json.dumps(rounded)}")


if __name__ == "__main__":
    main()
