"""Times LightGBM's C interface, without what its Python classes add."""

import ctypes
import statistics
import time

import numpy
from lightgbm.basic import _LIB

FLOAT64 = 1
ROW_MAJOR = 1
NORMAL = 0
ALL_ITERATIONS = -1
ONE_THREAD = ctypes.c_char_p(b"num_threads=1")
# How often the batch, and the rows one by one, are asked for.
ROUNDS = 5
WARM_UP = 0.3


def check(status):
    if status != 0:
        raise RuntimeError(_LIB.LGBM_GetLastError())


def seconds(task):
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def address_of(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def batch_seconds(booster, queries, out):
    length = ctypes.c_int64()
    arguments = (
        booster, address_of(queries), FLOAT64, *map(ctypes.c_int32, queries.shape), ROW_MAJOR,
        NORMAL, 0, ALL_ITERATIONS, ONE_THREAD, ctypes.byref(length), address_of(out),
    )

    def ask():
        return seconds(lambda: check(_LIB.LGBM_BoosterPredictForMat(*arguments)))

    start = time.perf_counter()
    while time.perf_counter() - start < WARM_UP:
        ask()
    return statistics.median(ask() for _ in range(ROUNDS))


def row_seconds(booster, queries, out):
    """Of one row by the call for single rows, less what a call from Python costs."""
    length, threads = ctypes.c_int64(), ctypes.c_int()
    config = ctypes.c_void_p()
    check(_LIB.LGBM_BoosterPredictForMatSingleRowFastInit(
        booster, NORMAL, 0, ALL_ITERATIONS, FLOAT64, ctypes.c_int32(queries.shape[1]), ONE_THREAD, ctypes.byref(config),
    ))
    predict, nothing = _LIB.LGBM_BoosterPredictForMatSingleRowFast, _LIB.LGBM_GetMaxThreads
    to, any_length, any_threads = address_of(out), ctypes.byref(length), ctypes.byref(threads)
    rows = [address_of(row) for row in queries]

    def ask():
        for row in rows:
            predict(config, row, any_length, to)

    def call():
        for _ in rows:
            nothing(any_threads)

    times = [(seconds(ask) - seconds(call)) / len(rows) for _ in range(ROUNDS)]
    check(_LIB.LGBM_FastConfigFree(config))
    return statistics.median(times)


def c_api_seconds(model, queries):
    """The seconds of a batch of all queries, and of a single one."""
    booster = model.booster_._handle
    out = numpy.zeros(len(queries) * max(1, model.n_classes_))
    return batch_seconds(booster, queries, out), row_seconds(booster, queries, out)
