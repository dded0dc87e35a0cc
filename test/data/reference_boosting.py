"""Prints what LightGBM 4.7.0 and XGBoost 3.2.0 say, for test/estimators/core/boosting.test.ts.

Trained on every third row of breast_cancer.csv, so that all distinct values have
bins of their own; 5 trees, all else default. Needs numpy, lightgbm and xgboost.
"""

import csv
import json
import pathlib

import lightgbm
import numpy
import xgboost

path = pathlib.Path(__file__).parent / "breast_cancer.csv"
rows = list(csv.reader(path.open()))[1:]
complete = numpy.array([[float(value) for value in row[:-1]] for row in rows])
labels = numpy.unique([row[-1] for row in rows], return_inverse=True)[1]
missing = complete.copy()
missing[numpy.arange(complete.size).reshape(complete.shape) % 7 == 0] = numpy.nan

for name, x in (("complete", complete), ("missing", missing)):
    for model in (
        lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbose=-1),
        xgboost.XGBClassifier(n_estimators=5, n_jobs=1),
    ):
        second = model.fit(x[::3], labels[::3]).predict_proba(x[::100])[:, 1]
        print(name, type(model).__name__, json.dumps([round(float(p), 6) for p in second]))
