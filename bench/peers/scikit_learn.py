"""Trains and asks scikit-learn for the benchmarks: a JSON object a line on stdin, an answer a line on stdout.

A request is {"estimator", "parameters", "x", "y", "q", "columns"}: the class, its
parameters, and files of float64 rows, int32 labels and float64 query rows. The
answer has seconds for fit, for a batch of all queries and for one row (the
median of some), and the file of the batch's probabilities.
"""

import json
import statistics
import sys
import time
import warnings

import numpy
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

warnings.filterwarnings("ignore")
CLASSES = {c.__name__: c for c in (RandomForestClassifier, LogisticRegression, KNeighborsClassifier)}


def seconds(task):
    start = time.perf_counter()
    result = task()
    return time.perf_counter() - start, result


for line in sys.stdin:
    request = json.loads(line)
    x = numpy.fromfile(request["x"], dtype="<f8").reshape(-1, request["columns"])
    y = numpy.fromfile(request["y"], dtype="<i4")
    queries = numpy.fromfile(request["q"], dtype="<f8").reshape(-1, request["columns"])
    model = CLASSES[request["estimator"]](**request["parameters"])
    fit, _ = seconds(lambda: model.fit(x, y))
    batch, probabilities = seconds(lambda: model.predict_proba(queries))
    rows = [seconds(lambda: model.predict_proba(queries[i : i + 1]))[0] for i in range(20)]
    path = request["q"] + ".proba"
    probabilities.astype("<f8").tofile(path)
    answer = {"fit": fit, "batch": batch, "row": statistics.median(rows), "probabilities": path}
    if isinstance(model, LogisticRegression):
        answer["coef"], answer["intercept"] = model.coef_.ravel().tolist(), model.intercept_.tolist()
    print(json.dumps(answer), flush=True)
