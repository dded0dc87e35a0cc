"""Trains and asks the benchmarks' peers: a JSON object a line on stdin, an answer a line on stdout.

A request is {"estimator", "parameters", "x", "y", "q", "columns", "categorical", "out"}: a
class with scikit-learn's interface by its full name ("sklearn.neighbors.KNeighborsClassifier"),
its parameters, files of float64 rows, int32 labels (0 to n_classes - 1) and float64
query rows, the number of columns and which of them have categories, and what the paths of
the answer's files begin with. NaN means missing. Each library is given tables in the form
that suits it (see forms.py). Wanted besides, if set: "batches" and "rows", the numbers of
batches of all queries and of single rows to time; "warm_up", the seconds to ask batches
before; "attributes", names of fitted attributes; "neighbours", the numbers of the nearest
rows; "c_api", that batch and row are timed by LightGBM's C interface; "arrays", that both
are timed of numpy's arrays as well.

The answer has "seconds" for the fit, for a batch of all queries and for one row (the
medians; of arrays "array_batch" and "array_row"), "warnings" of the fit, "attributes" as
flat lists, and the files "probabilities" (float64, n_queries x n_classes) and "neighbours"
(int32, n_queries x n_neighbors). A request that fails is answered with {"error"}.

A request of {"draw", "queries", "out"} is answered with the files "x", "y", "q" and
"qy" of a problem that make_classification draws with the parameters of "draw"; its
last rows are the queries.
"""

import importlib
import json
import statistics
import sys
import time
import warnings

import numpy

from forms import form_of


def seconds(task):
    start = time.perf_counter()
    result = task()
    return time.perf_counter() - start, result


def batch_seconds(ask, table, request):
    """The median of the batches that are wanted, after the warm-up."""
    start = time.perf_counter()
    while time.perf_counter() - start < request.get("warm_up", 0):
        ask(table)
    times = [seconds(lambda: ask(table))[0] for _ in range(request.get("batches", 0))]
    return statistics.median(times) if times else None


def row_seconds(ask, tables):
    times = [seconds(lambda: ask(table))[0] for table in tables]
    return statistics.median(times) if times else None


def answer(request):
    x = numpy.fromfile(request["x"], dtype="<f8").reshape(-1, request["columns"])
    y = numpy.fromfile(request["y"], dtype="<i4")
    queries = numpy.fromfile(request["q"], dtype="<f8").reshape(-1, request["columns"])
    module, name = request["estimator"].rsplit(".", 1)
    form = form_of(module, request["categorical"], request["columns"])
    model = getattr(importlib.import_module(module), name)(**request["parameters"], **form.parameters)

    train = form.fit(model, x, y)
    batch_asked = form.asked(queries)
    rows_asked = [form.asked(queries[i : i + 1]) for i in range(request.get("rows", 0))]

    def ask(table):
        return model.predict_proba(table, **form.prediction)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit, _ = seconds(train)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        probabilities = ask(batch_asked)
        batch, row = batch_seconds(ask, batch_asked, request), row_seconds(ask, rows_asked)
        array_batch = array_row = None
        if request.get("arrays"):
            array_batch = batch_seconds(ask, queries, request)
            array_row = row_seconds(ask, [queries[i : i + 1] for i in range(len(rows_asked))])

    if request.get("c_api"):
        from lightgbm_c_api import c_api_seconds

        batch, row = c_api_seconds(model, queries)

    files = {"probabilities": probabilities.astype("<f8")}
    if request.get("neighbours"):
        files["neighbours"] = model.kneighbors(queries, return_distance=False).astype("<i4")
    for key, values in files.items():
        values.tofile(f"{request['out']}{key}")
    return {
        "seconds": {"fit": fit, "batch": batch, "row": row, "array_batch": array_batch, "array_row": array_row},
        "warnings": sorted({str(warning.message) for warning in caught}),
        "attributes": {key: numpy.ravel(getattr(model, key)).tolist() for key in request.get("attributes", [])},
        "files": {key: f"{request['out']}{key}" for key in files},
    }


def draw(request):
    from sklearn.datasets import make_classification

    x, y = make_classification(**request["draw"])
    rows = len(x) - request["queries"]
    files = {"x": x[:rows], "y": y[:rows], "q": x[rows:], "qy": y[rows:]}
    for key, values in files.items():
        values.astype("<i4" if "y" in key else "<f8").tofile(f"{request['out']}{key}")
    return {"files": {key: f"{request['out']}{key}" for key in files}}


for line in sys.stdin:
    try:
        request = json.loads(line)
        reply = draw(request) if "draw" in request else answer(request)
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
