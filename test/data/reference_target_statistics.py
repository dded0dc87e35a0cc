"""Writes reference_target_statistics.json: the splits of trees that CatBoost 1.2.10
has grown on made-up data with categories, and the leaves that rows reach in them, for
test/estimators/core/target-statistics/catboost-reference.test.ts, which says what the
data are. Needs catboost.
"""

import json
import pathlib
import tempfile

import catboost

N = 400
FEW, SOME, MANY = 2, 3, 4


def lcg(seed):
    """The numbers of test/support/problems.ts."""
    state = seed
    while True:
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        yield state / 2**32


random = lcg(5)
rows, places = [], []
for _ in range(N):
    first, second = next(random) * 2 - 1, next(random) * 2 - 1
    few, some, many = int(next(random) * 3), int(next(random) ** 2 * 14), int(next(random) ** 2 * 60)
    rows.append([first, second, f"f{few}", f"s{some}", f"m{many}"])
    places.append((first > 0) + (some % 3 == 1) + (many % 2) + 1.5 * next(random))
# The last rows are not trained on; they have categories that the others have not.
train = N - 60
for i, row in enumerate(rows[train:]):
    row[SOME if i % 2 else MANY] = "unseen"


def element_of(element, names):
    """A column by itself, or a test on it."""
    kind = element["combination_element"]
    if kind == "cat_feature_value":
        return {"column": FEW + element["cat_feature_index"]}
    if kind == "float_feature":
        return {"column": element["float_feature_index"], "border": element["border"]}
    return {"column": FEW + element["cat_feature_index"], "category": names[element["value"] % 2**32]}


def describe(model):
    """What the splits of a model ask, tree by tree."""
    info = model["features_info"]
    names = {entry["hash"]: entry["value"] for entry in info["cat_features_hash"]}
    # Splits are numbered: all borders of numbers, all values of one-hot features, all borders of statistics.
    before = sum(len(feature["borders"] or []) for feature in info["float_features"])
    before += sum(len(feature.get("values", [])) for feature in info["categorical_features"])
    statistics = [(ctr, border) for ctr in info["ctrs"] for border in ctr["borders"]]
    trees = []
    for tree in model["oblivious_trees"]:
        splits = []
        for split in tree["splits"]:
            if split["split_type"] == "FloatFeature":
                splits.append({"column": split["float_feature_index"], "border": split["border"]})
                continue
            if split["split_type"] == "OneHotFeature":
                category = names[split["value"] % 2**32]
                splits.append({"column": FEW + split["cat_feature_index"], "category": category})
                continue
            ctr, border = statistics[split["split_index"] - before]
            assert border == split["border"] and ctr["scale"] == 15 and ctr["shift"] == 0
            elements = [element_of(element, names) for element in ctr["elements"]]
            assert ctr["ctr_type"] in ("Borders", "Counter")
            splits.append(
                {
                    "elements": elements,
                    "kind": ctr["ctr_type"],
                    "prior": ctr["prior_numerator"],
                    "targetBorder": ctr["target_border_idx"],
                    # A bin above 4 is above 4.999999.
                    "cut": round(border) - 1,
                }
            )
        trees.append(splits)
    return trees


cases = []
for name, limits in (("two classes", [2.2]), ("three classes", [1.8, 2.8])):
    for one_hot_max_size in (2, 3):
        y = [sum(place > limit for limit in limits) for place in places]
        model = catboost.CatBoostClassifier(
            iterations=12,
            depth=5,
            learning_rate=0.3,
            one_hot_max_size=one_hot_max_size,
            max_ctr_complexity=4,
            model_size_reg=0,
            thread_count=1,
            allow_writing_files=False,
            verbose=False,
        )
        columns = [FEW, SOME, MANY]
        model.fit(catboost.Pool(rows[:train], y[:train], cat_features=columns))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.json"
            model.save_model(str(path), format="json", pool=catboost.Pool(rows[:train], y[:train], cat_features=columns))
            trees = describe(json.loads(path.read_text()))
        leaves = model.calc_leaf_indexes(catboost.Pool(rows, cat_features=columns))
        asked = list(range(0, N, 3)) + list(range(train, N))
        cases.append({"classes": name, "trees": trees, "leaves": [leaves[row].tolist() for row in asked]})

target = pathlib.Path(__file__).parent / "reference_target_statistics.json"
target.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
