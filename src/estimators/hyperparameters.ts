/**
 * A hyperparameter: its default, and the check that a value from outside is one
 * of its values. Tables of these are the single source of defaults and ranges;
 * the contract's comments repeat them for the reader.
 */
export interface Hyperparameter<T> {
  readonly default: T;
  /** The values that an engine may be asked about, to say which of them it honours; absent: the default. */
  readonly values?: readonly T[];
  /** Returns `value` as a T, or throws a RangeError that says what would be right. */
  parse(value: unknown): T;
}

/** The hyperparameters of an estimator, by the names of the contract's fields. */
export type HyperparameterTable = Readonly<Record<string, Hyperparameter<unknown>>>;

/** The values that a table describes. */
export type Values<Table> = {
  -readonly [Name in keyof Table]: Table[Name] extends Hyperparameter<infer T> ? T : never;
};

interface Range {
  readonly min?: number;
  readonly max?: number;
  /** Bounds that are not values themselves. */
  readonly above?: number;
  readonly below?: number;
}

export function integer(defaultValue: number, range: Range = {}): Hyperparameter<number> {
  return number(defaultValue, range, true);
}

export function real(defaultValue: number, range: Range = {}): Hyperparameter<number> {
  return number(defaultValue, range, false);
}

/** A share in (0, 1]. */
export function share(defaultValue: number): Hyperparameter<number> {
  return real(defaultValue, { above: 0, max: 1 });
}

export function flag(defaultValue: boolean): Hyperparameter<boolean> {
  return {
    default: defaultValue,
    values: [false, true],
    parse(value) {
      if (typeof value !== 'boolean') throw new RangeError(`is ${show(value)}; must be true or false`);
      return value;
    },
  };
}

/** One of the contract's enum values, by its name without the prefix, in lower case. */
export function choice<const T extends string>(defaultValue: NoInfer<T>, values: readonly T[]): Hyperparameter<T> {
  return {
    default: defaultValue,
    values,
    parse(value) {
      const found = values.find((candidate) => candidate === value);
      if (found === undefined) throw new RangeError(`is ${show(value)}; must be one of ${values.join(', ')}`);
      return found;
    },
  };
}

/** A hyperparameter that may be absent; `null` then means "no limit", as None in Python. */
export function optional<T>(inner: Hyperparameter<T>): Hyperparameter<T | null> {
  return { default: null, parse: (value) => inner.parse(value) };
}

/** A count of at least `minCount`, or a share of n_samples below 1, as scikit-learn has it. */
export function countOrShare(defaultValue: number, minCount: number): Hyperparameter<number> {
  return {
    default: defaultValue,
    parse(value) {
      const isCount = Number.isInteger(value) && (value as number) >= minCount;
      const isShare = typeof value === 'number' && value > 0 && value < 1;
      if (!isCount && !isShare) {
        throw new RangeError(
          `is ${show(value)}; must be a count of at least ${minCount}, or a share of n_samples in (0, 1)`,
        );
      }
      return value as number;
    },
  };
}

/** The number of features that a split looks at. */
export type MaxFeatures = 'sqrt' | 'log2' | 'all' | { readonly count: number } | { readonly fraction: number };

export function maxFeatures(defaultValue: MaxFeatures): Hyperparameter<MaxFeatures> {
  const rules = choice('all', ['sqrt', 'log2', 'all']);
  const count = integer(1, { min: 1 });
  const fraction = real(1, { above: 0, max: 1 });
  return {
    default: defaultValue,
    parse(value) {
      if (typeof value === 'object' && value !== null) {
        if ('rule' in value) return rules.parse(value.rule);
        if ('count' in value) return { count: count.parse(value.count) };
        if ('fraction' in value) return { fraction: fraction.parse(value.fraction) };
      }
      throw new RangeError('must be a rule (sqrt, log2, all), a count or a fraction');
    },
  };
}

/** The directions in which features may move a probability, one a feature: 1, -1, or 0 for either; null: all are 0. */
export function directions(): Hyperparameter<readonly number[] | null> {
  const direction = integer(0, { min: -1, max: 1 });
  return {
    default: null,
    parse(value) {
      const given = typeof value === 'object' && value !== null && 'directions' in value ? value.directions : [];
      if (!Array.isArray(given) || given.length === 0) throw new RangeError('must have a direction for each feature');
      return given.map((each) => direction.parse(each));
    },
  };
}

function number(defaultValue: number, range: Range, whole: boolean): Hyperparameter<number> {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = range;
  return {
    default: defaultValue,
    parse(value) {
      const fits =
        typeof value === 'number' &&
        Number.isFinite(value) &&
        (!whole || Number.isInteger(value)) &&
        value >= min &&
        value <= max &&
        value > above &&
        value < below;
      if (!fits) throw new RangeError(`is ${show(value)}; must be ${describe(range, whole)}`);
      return value;
    },
  };
}

function describe({ min, max, above, below }: Range, whole: boolean): string {
  const bounds = [
    min === undefined ? '' : `at least ${min}`,
    above === undefined ? '' : `above ${above}`,
    max === undefined ? '' : `at most ${max}`,
    below === undefined ? '' : `below ${below}`,
  ].filter((bound) => bound !== '');
  const isBounded = (min ?? above) !== undefined && (max ?? below) !== undefined;
  return [whole ? 'a whole number' : isBounded ? 'a number' : 'a finite number', bounds.join(' and ')]
    .filter((part) => part !== '')
    .join(' ');
}

/** A value as messages have it. */
export function show(value: unknown): string {
  // As JSON, infinity would be null.
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
