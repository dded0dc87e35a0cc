"""Writes reference_catboost.json and reference_catboost_categories.json, for test/estimators/core/catboost-reference.test.ts.

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
# Categories, two of which tell a little, in the order in which rows come.
row = numpy.arange(401)
city = ((noisy[:, 2] + 1) * 6).astype(int)
colour = (row * row + 3 * city) % 5
coin = (row * 13) % 2
wish = place + 0.4 * numpy.sin(city * 3.0) + 0.5 * (colour == city % 5) - 0.3 * coin
named = [[*values[:3], f"city {a}", f"colour {b}", f"coin {c}"] for values, a, b, c in zip(noisy.astype(numpy.float32).tolist(), city, colour, coin)]
categories = {
    "categories of two classes": (named, (wish > 0.9).astype(int)),
    "categories of three classes": (named, (wish > 0.6).astype(int) + (wish > 1.4)),
}
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


# The order of the rows is that in which CatBoost sees them; all statistics are then determined.
ORDERED = {"border_count": 15, "has_time": True, "max_ctr_complexity": 4, "learning_rate": 0.3}
CATEGORIES = [
    {"one_hot_max_size": 20},
    {"one_hot_max_size": 20, "data": "categories of three classes"},
    {"max_ctr_complexity": 1},
    {"max_ctr_complexity": 1, "data": "categories of three classes"},
    {"max_ctr_complexity": 2},
    {},
    {"one_hot_max_size": 5},
    {"weights": "real"},
    {"data": "categories of three classes"},
    {"leaf_estimation_iterations": 5, "iterations": 30},
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


def learned_in_order(case):
    """The same of rows with categories."""
    of, by = case.get("data", "categories of two classes"), case.get("weights", "none")
    given = {**ORDERED, **{name: value for name, value in case.items() if name not in ("data", "weights")}}
    x, y = categories[of]
    model = catboost.CatBoostClassifier(
        **{"iterations": 10, **given},
        random_strength=0,
        bootstrap_type="No",
        thread_count=1,
        allow_writing_files=False,
        verbose=0,
    )
    model.fit(x, y, sample_weight=weights.get(by), cat_features=[3, 4, 5])
    probabilities = model.predict_proba(x)
    return {
        "hyperparameters": {name: value for name, value in given.items() if name not in ("has_time", "max_ctr_complexity")},
        "complexity": given["max_ctr_complexity"],
        "data": of,
        "weights": by,
        "probabilities": [rounded(row) for row in probabilities[::70]],
        "logLoss": round(float(-numpy.log(probabilities[numpy.arange(len(y)), y]).mean()), 7),
        "importances": rounded(model.get_feature_importance() / 100),
    }


def write(name, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    path.with_name(name).write_text(f"[\n{lines}\n]\n")


write("reference_catboost.json", map(learned, CASES))
write("reference_catboost_categories.json", map(learned_in_order, CATEGORIES))
