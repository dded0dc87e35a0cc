"""Writes reference_categories.json, for test/estimators/core/boosting-categories.test.ts.

What LightGBM 4.7.0 and XGBoost 3.2.0 learn of features with categories, and what
they say of categories that are missing, or that the training has not seen. Needs
numpy, lightgbm and xgboost.
"""

import json
import pathlib

import lightgbm
import numpy
import xgboost


def lcg(seed):
    """The numbers of test/support/problems.ts."""
    state = seed
    while True:
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        yield state / 2**32


def by_frequency(column):
    """Codes by falling frequency, and of equal ones by rising value, as estimators get them."""
    values, counts = numpy.unique(column[~numpy.isnan(column)], return_counts=True)
    codes = {value: code for code, value in enumerate(values[numpy.argsort(-counts, kind="stable")])}
    return numpy.array([codes.get(value, numpy.nan) for value in column])


# The data of boosting-categories.test.ts, which says what they are.
N_ROWS = 2000
CATEGORICAL = [2, 3, 4]
random = lcg(23)
numbers = numpy.array([[next(random) * 2 - 1 for _ in range(2)] for _ in range(N_ROWS)])
few = numpy.array([int(next(random) * 3) for _ in range(N_ROWS)], float)
some = numpy.array([int(next(random) ** 2 * 14) for _ in range(N_ROWS)], float)
many = numpy.array([int(next(random) ** 3 * 300) for _ in range(N_ROWS)], float)
of_some = [next(random) for _ in range(14)]
of_many = [next(random) * 2 for _ in range(300)]
place = numpy.array(
    [
        numbers[i, 0] * 0.6 + (few[i] == 1) * 0.5 + of_some[int(some[i])] + of_many[int(many[i])] + next(random)
        for i in range(N_ROWS)
    ]
)
table = numpy.column_stack([numbers, few, some, many])
gaps = table.copy()
gaps[numpy.arange(table.size).reshape(table.shape) % 7 == 0] = numpy.nan
for x in (table, gaps):
    for column in CATEGORICAL:
        x[:, column] = by_frequency(x[:, column])
two = (place > 2.2).astype(int)
data = {
    "two classes": (table, two),
    "two classes and missing values": (gaps, two),
    "three classes": (table, two + (place > 3)),
}
weights = {"real": numpy.array([0.1 + next(random) for _ in range(N_ROWS)])}

LIGHTGBM = [
    {},
    {"cat_smooth": 1},
    {"cat_l2": 0},
    {"max_cat_to_onehot": 20},
    {"max_cat_threshold": 3},
    {"min_child_samples": 5},
    {"reg_alpha": 1, "reg_lambda": 1},
    {"max_bin": 16},
    {"min_data_in_bin": 1},
    {"cat_smooth": 0.5, "min_data_in_bin": 1},
]
# Of 256 bins, one of ours makes way for that of missing values; 64 leave room for it.
XGBOOST = [
    {},
    {"min_child_weight": 0},
    {"min_child_weight": 5},
    {"reg_alpha": 1},
    {"max_delta_step": 0.3},
    {"grow_policy": "lossguide", "max_leaves": 9},
]


def rounded(values):
    return [round(float(value), 7) for value in values]


def probes(x):
    """The first rows, of which one category each is missing, or one that is not among the training's."""
    rows = []
    for row in x[:6]:
        # Where two categories are left of three, it is the rounding that says which of them goes left.
        for column in CATEGORICAL[1:]:
            for value in (numpy.nan, numpy.nanmax(x[:, column]) + 1):
                probe = row.copy()
                probe[column] = value
                rows.append(probe)
    return numpy.array(rows)


def learned(kind, given, of, by):
    """What 10 trees say of some rows, and what they are like."""
    x, y = data[of]
    if kind == "lgbm_classifier":
        # Column by column, since the choice by time would make sums come out otherwise now and then.
        model = lightgbm.LGBMClassifier(n_estimators=10, n_jobs=1, verbose=-1, force_col_wise=True, **given)
        model.fit(x, y, sample_weight=weights.get(by), categorical_feature=CATEGORICAL)
        splits, gains = (model.booster_.feature_importance(what) for what in ("split", "gain"))
    else:
        types = ["c" if column in CATEGORICAL else "q" for column in range(x.shape[1])]
        model = xgboost.XGBClassifier(n_estimators=10, n_jobs=1, enable_categorical=True, feature_types=types, **given)
        model.fit(x, y, sample_weight=weights.get(by))
        scores = (model.get_booster().get_score(importance_type=what) for what in ("weight", "total_gain"))
        splits, gains = ([score.get(f"f{j}", 0) for j in range(x.shape[1])] for score in scores)
    probabilities = model.predict_proba(x).astype(float)
    return {
        "kind": kind,
        "hyperparameters": given,
        "data": of,
        "weights": by,
        "probabilities": [rounded(row) for row in probabilities[::200]],
        "probes": [rounded(row) for row in model.predict_proba(probes(x)).astype(float)],
        "logLoss": round(float(-numpy.log(probabilities[numpy.arange(len(y)), y]).mean()), 7),
        "splits": [int(n) for n in splits],
        "gains": rounded(numpy.array(gains) / sum(gains)),
    }


cases = [
    learned(kind, given | ({"max_bin": 64} if settings == XGBOOST else {}), of, by)
    for kind, settings in (("lgbm_classifier", LIGHTGBM), ("xgb_classifier", XGBOOST))
    for of in data
    for by in ("none", "real")
    for given in settings
]
lines = ",\n".join(json.dumps(case) for case in cases)
pathlib.Path(__file__).with_name("reference_categories.json").write_text(f"[\n{lines}\n]\n")
