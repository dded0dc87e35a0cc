"""Writes reference_catboost.json, for test/estimators/core/catboost-reference.test.ts.

What CatBoost 1.2.10 learns where nothing is drawn at random: random_strength 0 and
bootstrap_type No. Needs numpy and catboost.
"""

import csv
import json
import pathlib

import catboost
import numpy

path = pathlib.Path(__file__).parent / "breast_cancer.csv"
rows = list(csv.reader(path.open()))[1:]
complete = numpy.array([[float(value) for value in row[:-1]] for row in rows])
labels = numpy.unique([row[-1] for row in rows], return_inverse=True)[1]


def lcg(seed):
    """The numbers of test/support/problems.ts."""
    state = seed
    while True:
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        yield state / 2**32


# The data of the test, which says what they are.
random = lcg(7)
noisy = numpy.array([[next(random) * 2 - 1 for _ in range(6)] for _ in range(401)])
place = noisy[:, 0] + noisy[:, 1] * noisy[:, 1] + [next(random) for _ in range(401)]
gaps = noisy.copy()
gaps[numpy.arange(noisy.size).reshape(noisy.shape) % 7 == 0] = numpy.nan
wide = numpy.hstack([noisy, noisy[:, ::-1] * numpy.arange(1, 7), noisy[:, :3] * noisy[:, 3:], noisy[:, :5] + noisy[:, 1:]])
two = (place > 0.8).astype(int)
three = two + (place > 1.5)
data = {
    "two classes": (noisy, two),
    "two classes and missing values": (gaps, two),
    "three classes": (noisy, three),
    "twenty columns": (wide, two),
    "breast cancer": (complete, labels),
}
row = numpy.arange(401)
weights = {"whole": 1 + row * 7 % 5, "real": 0.1 + row * 7 % 11 / 8}

# As many borders as leave no two parts of a column the same gain: which of them is parted is then left to the heap.
CASES = [
    *({"data": name, "border_count": 15} for name in data if "missing" not in name),
    {"border_count": 1},
    {"border_count": 7, "depth": 1},
    {"border_count": 15, "depth": 2},
    {"border_count": 15, "depth": 9},
    {"border_count": 31, "depth": 4},
    {"border_count": 15, "learning_rate": 0.5},
    {"border_count": 15, "l2_leaf_reg": 0.5, "learning_rate": 0.1},
    {"border_count": 15, "l2_leaf_reg": 30},
    {"border_count": 15, "leaf_estimation_iterations": 10},
    {"border_count": 15, "leaf_estimation_iterations": 3, "learning_rate": 0.3, "weights": "real"},
    {"border_count": 15, "leaf_estimation_iterations": 4, "learning_rate": 0.3, "data": "three classes"},
    {"border_count": 15, "leaf_estimation_iterations": 2, "data": "three classes", "weights": "real"},
    {"border_count": 15, "weights": "whole"},
    {"border_count": 15, "weights": "real"},
    {"border_count": 15, "weights": "real", "data": "three classes"},
    {"border_count": 15, "auto_class_weights": "Balanced"},
    {"border_count": 15, "auto_class_weights": "SqrtBalanced", "weights": "whole", "data": "three classes"},
    {"border_count": 16, "nan_mode": "Min", "data": "two classes and missing values"},
    {"border_count": 16, "nan_mode": "Max", "data": "two classes and missing values"},
    {"border_count": 1, "nan_mode": "Max", "data": "two classes and missing values"},
    {"border_count": 63, "data": "breast cancer", "depth": 3},
    {"border_count": 1000, "depth": 4},
    {"border_count": 15, "iterations": 200, "data": "two classes", "depth": 3},
]


def rounded(values):
    return [round(float(value), 7) for value in values]


def learned(case):
    """What the trees say of some of the rows they have learned, and what they are like."""
    of, by = case.get("data", "two classes"), case.get("weights", "none")
    given = {name: value for name, value in case.items() if name not in ("data", "weights")}
    x, y = data[of]
    model = catboost.CatBoostClassifier(
        **{"iterations": 10, **given},
        random_strength=0,
        bootstrap_type="No",
        thread_count=1,
        allow_writing_files=False,
        verbose=0,
    )
    model.fit(x.astype(numpy.float32), y, sample_weight=weights.get(by))
    probabilities = model.predict_proba(x.astype(numpy.float32))
    trees = model.get_all_params()
    ours = {"Balanced": "balanced", "SqrtBalanced": "sqrt_balanced", "Min": "min", "Max": "max"}
    return {
        "hyperparameters": {name: ours.get(value, value) for name, value in given.items()},
        "data": of,
        "weights": by,
        "learningRate": round(float(trees["learning_rate"]), 6),
        "probabilities": [rounded(row) for row in probabilities[::70]],
        "logLoss": round(float(-numpy.log(probabilities[numpy.arange(len(y)), y]).mean()), 7),
        "importances": rounded(model.get_feature_importance() / 100),
    }


lines = ",\n".join(json.dumps(learned(case)) for case in CASES)
path.with_name("reference_catboost.json").write_text(f"[\n{lines}\n]\n")
