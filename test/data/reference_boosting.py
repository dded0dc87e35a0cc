"""Prints what LightGBM 4.7.0 and XGBoost 3.2.0 say, for test/estimators/core/boosting.test.ts.

Trained on every third row of breast_cancer.csv, so that all distinct values have
bins of their own; 5 trees, all else default. Needs numpy, lightgbm and xgboost.

Writes reference_boosting.json, for test/estimators/core/boosting-reference.test.ts:
what they learn of other data with other settings.
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


def lcg(seed):
    """The numbers of test/support/problems.ts."""
    state = seed
    while True:
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        yield state / 2**32


# The data of boosting-reference.test.ts, which says what they are.
random = lcg(7)
noisy = numpy.array([[next(random) * 2 - 1 for _ in range(6)] for _ in range(400)])
place = noisy[:, 0] + noisy[:, 1] * noisy[:, 1] + [next(random) for _ in range(400)]
gaps = noisy.copy()
gaps[numpy.arange(noisy.size).reshape(noisy.shape) % 7 == 0] = numpy.nan
two = (place > 0.8).astype(int)
three = two + (place > 1.5)
data = {
    "two classes": (noisy, two),
    "two classes and missing values": (gaps, two),
    "three classes": (noisy, three),
    "breast cancer": (complete, labels),
}
row = numpy.arange(400)
weights = {"whole": 1 + row * 7 % 5, "real": 0.1 + row * 7 % 11 / 8}

LIGHTGBM = [
    *({"data": name} for name in data),
    {"weights": "whole"},
    {"weights": "real"},
    {"weights": "real", "data": "three classes"},
    {"learning_rate": 0.5},
    {"num_leaves": 5},
    {"num_leaves": 5, "data": "breast cancer"},
    {"max_depth": 3},
    {"max_depth": 3, "num_leaves": 5},
    # Weights, since so small leaves of equal rows would leave it to the rounding which of two equal splits is the better one.
    {"min_child_samples": 5, "weights": "real"},
    {"min_child_samples": 60},
    {"min_child_weight": 5},
    {"min_child_weight": 5, "weights": "real"},
    {"min_split_gain": 0.5},
    {"min_split_gain": 0.5, "num_leaves": 5},
    {"min_split_gain": 0.5, "weights": "real"},
    {"min_split_gain": 0.5, "data": "three classes"},
    {"reg_alpha": 1},
    {"reg_alpha": 1, "weights": "real"},
    {"reg_alpha": 1, "data": "breast cancer"},
    {"reg_lambda": 1},
    {"reg_lambda": 1, "num_leaves": 5},
    {"reg_alpha": 1, "num_leaves": 5},
    {"reg_lambda": 1, "weights": "real"},
    {"reg_lambda": 1, "data": "three classes", "weights": "real"},
    {"reg_lambda": 1, "reg_alpha": 1, "min_split_gain": 0.5, "data": "two classes and missing values"},
    {"max_bin": 16},
    {"max_bin": 16, "data": "two classes and missing values"},
    {"max_bin": 16, "data": "breast cancer"},
    {"min_data_in_bin": 10},
    {"min_data_in_bin": 10, "data": "breast cancer"},
]
XGBOOST = [
    *({"data": name} for name in data),
    {"weights": "whole"},
    {"weights": "real"},
    {"weights": "real", "data": "three classes"},
    {"learning_rate": 0.1},
    {"max_depth": 3},
    {"max_depth": 3, "data": "breast cancer"},
    {"max_leaves": 5},
    {"grow_policy": "lossguide"},
    {"grow_policy": "lossguide", "max_leaves": 5, "max_depth": 0},
    {"grow_policy": "lossguide", "max_leaves": 9, "max_depth": 4, "data": "three classes"},
    {"gamma": 1},
    {"gamma": 1, "data": "breast cancer"},
    {"min_child_weight": 0},
    {"min_child_weight": 5},
    {"min_child_weight": 5, "weights": "real"},
    {"max_delta_step": 0.3},
    {"max_delta_step": 0.3, "data": "three classes"},
    {"reg_alpha": 1},
    {"reg_alpha": 1, "data": "three classes"},
    {"reg_alpha": 1, "max_delta_step": 0.3},
    {"reg_lambda": 0},
    {"reg_lambda": 0, "data": "two classes and missing values"},
    {"reg_lambda": 5},
    {"scale_pos_weight": 3},
    {"scale_pos_weight": 3, "weights": "real"},
    {"scale_pos_weight": 3, "base_score": 0.5},
    {"base_score": 0.3},
    {"base_score": 0.3, "data": "three classes"},
    {"max_bin": 16},
    {"max_bin": 16, "data": "two classes and missing values"},
    # With fewer bins XGBoost's sketch would not take all rows at once.
    {"max_bin": 64, "data": "breast cancer"},
    # As many bins as values: no weight bears on them.
    {"max_bin": 512, "weights": "whole"},
    {"max_bin": 512, "weights": "real"},
    {"max_bin": 512, "weights": "real", "min_child_weight": 5, "data": "three classes"},
    {"max_bin": 512, "weights": "real", "reg_alpha": 1, "data": "two classes and missing values"},
    {"max_bin": 16, "weights": "whole"},
    {"max_bin": 16, "weights": "real"},
    {"max_bin": 64, "weights": "real"},
]


def rounded(values):
    return [round(float(value), 7) for value in values]


def learned(kind, case):
    """What 10 trees say of some of the rows they have learned, and what they are like."""
    of, by = case.get("data", "two classes"), case.get("weights", "none")
    given = {name: value for name, value in case.items() if name not in ("data", "weights")}
    x, y = data[of]
    if kind == "lgbm_classifier":
        # Column by column, since the choice by time would make sums come out otherwise now and then.
        model = lightgbm.LGBMClassifier(n_estimators=10, n_jobs=1, verbose=-1, force_col_wise=True, **given)
    else:
        model = xgboost.XGBClassifier(n_estimators=10, n_jobs=1, **given)
    model.fit(x, y, sample_weight=weights.get(by))
    if kind == "lgbm_classifier":
        splits, gains = (model.booster_.feature_importance(what) for what in ("split", "gain"))
    else:
        scores = (model.get_booster().get_score(importance_type=what) for what in ("weight", "total_gain"))
        splits, gains = ([score.get(f"f{j}", 0) for j in range(x.shape[1])] for score in scores)
    probabilities = model.predict_proba(x).astype(float)
    return {
        "kind": kind,
        "hyperparameters": given,
        "data": of,
        "weights": by,
        "probabilities": [rounded(row) for row in probabilities[::70]],
        "logLoss": round(float(-numpy.log(probabilities[numpy.arange(len(y)), y]).mean()), 7),
        "splits": [int(n) for n in splits],
        "gains": rounded(numpy.array(gains) / sum(gains)),
    }


cases = [learned("lgbm_classifier", case) for case in LIGHTGBM] + [learned("xgb_classifier", case) for case in XGBOOST]
lines = ",\n".join(json.dumps(case) for case in cases)
path.with_name("reference_boosting.json").write_text(f"[\n{lines}\n]\n")
