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

# The values that begin the bins, from the second one on, of 100 values that occur once to five times.
column = numpy.concatenate([numpy.full(value * 7 % 5 + 1, value) for value in range(100)]).astype(float)
for max_bin in (4, 16, 60):
    cuts = xgboost.QuantileDMatrix(column[:, None], max_bin=max_bin, nthread=1).get_quantile_cut()[1]
    print("cuts", max_bin, [int(cut) for cut in cuts[1:-1]])
