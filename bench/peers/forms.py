"""The forms in which each library takes a table best, made before anything is timed.

Categories come as whole numbers from 0 on, in the columns that are listed as categorical.
"""


class Arrays:
    """Tables as numpy has them; for columns of numbers only."""

    # What the estimator is told besides, and what predict_proba is.
    parameters = {}
    prediction = {}

    def __init__(self, categorical, columns):
        if categorical and type(self) is Arrays:
            raise ValueError("this estimator takes no categories")
        self.categorical = categorical
        self.columns = columns

    def fit(self, model, x, y):
        """What is to be called, and timed."""
        return lambda: model.fit(x, y)

    def asked(self, queries):
        """What predict_proba is given."""
        return queries


class OfLightGBM(Arrays):
    def fit(self, model, x, y):
        return lambda: model.fit(x, y, categorical_feature=self.categorical or "auto")


class OfXGBoost(Arrays):
    def __init__(self, categorical, columns):
        super().__init__(categorical, columns)
        if categorical:
            kinds = ["c" if column in categorical else "q" for column in range(columns)]
            self.parameters = {"enable_categorical": True, "feature_types": kinds}


class OfCatBoost(Arrays):
    """Pools, whose columns lie as CatBoost has them, also those that are asked about."""

    prediction = {"thread_count": 1}

    def fit(self, model, x, y):
        pool = self.pool(x, y)
        return lambda: model.fit(pool)

    def asked(self, queries):
        return self.pool(queries)

    def pool(self, x, y=None):
        import pandas
        from catboost import Pool

        if not self.categorical:
            return Pool(x, y)
        table = {str(column): x[:, column] for column in range(self.columns)}
        for column in self.categorical:
            table[str(column)] = x[:, column].astype("<i4")
        return Pool(pandas.DataFrame(table), y, cat_features=self.categorical)


FORMS = {"lightgbm": OfLightGBM, "xgboost": OfXGBoost, "catboost": OfCatBoost}


def form_of(module, categorical, columns):
    return FORMS.get(module.split(".")[0], Arrays)(categorical, columns)
