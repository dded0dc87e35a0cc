import {
  type CatBoostClassifier,
  CatBoostClassifier_AutoClassWeights,
  CatBoostClassifier_BootstrapType,
  CatBoostClassifier_NanMode,
  Engine,
  type Estimator as WireEstimator,
  type KNeighborsClassifier,
  KNeighborsClassifier_Algorithm,
  KNeighborsClassifier_Weights,
  type LGBMClassifier,
  type LogisticRegression,
  LogisticRegression_Penalty,
  LogisticRegression_Solver,
  type RandomForestClassifier,
  RandomForestClassifier_Criterion,
  type XGBClassifier,
  XGBClassifier_GrowPolicy,
} from '../generated/modelserver/v1/model_server.js';
import { type FriendlyEnum, friendlyEnum } from './friendly-enum.js';

/** The estimators of the contract, by their names in TypeScript. */
export type EstimatorKind = NonNullable<WireEstimator['kind']>['$case'];

/** The generated message of each estimator. */
export interface EstimatorMessages {
  logisticRegression: LogisticRegression;
  randomForestClassifier: RandomForestClassifier;
  kNeighborsClassifier: KNeighborsClassifier;
  xgbClassifier: XGBClassifier;
  lgbmClassifier: LGBMClassifier;
  catBoostClassifier: CatBoostClassifier;
}

/**
 * What a hyperparameter takes: `count` a uint32, `integer` an int32, `number`
 * any number, `flag` a boolean, `directions` 1, 0 or -1 for each feature, else
 * one of an enum's names or MaxFeatures.
 */
export type FieldType = 'count' | 'integer' | 'number' | 'flag' | 'directions' | 'maxFeatures' | FriendlyEnum<string>;

const engine = friendlyEnum(Engine, 'ENGINE_');

/**
 * Every hyperparameter with its type. The generated interfaces have no types at
 * run time, and without them a misspelt name would be dropped in silence. The
 * compiler holds this table to the stubs, field by field.
 */
export const hyperparameterFields = {
  logisticRegression: {
    penalty: friendlyEnum(LogisticRegression_Penalty, 'PENALTY_'),
    c: 'number',
    l1Ratio: 'number',
    tol: 'number',
    fitIntercept: 'flag',
    maxIter: 'count',
    solver: friendlyEnum(LogisticRegression_Solver, 'SOLVER_'),
    dual: 'flag',
    interceptScaling: 'number',
    engine,
  },
  randomForestClassifier: {
    nEstimators: 'count',
    criterion: friendlyEnum(RandomForestClassifier_Criterion, 'CRITERION_'),
    maxDepth: 'count',
    minSamplesSplit: 'number',
    minSamplesLeaf: 'number',
    minWeightFractionLeaf: 'number',
    maxFeatures: 'maxFeatures',
    maxLeafNodes: 'count',
    minImpurityDecrease: 'number',
    bootstrap: 'flag',
    oobScore: 'flag',
    ccpAlpha: 'number',
    maxSamples: 'number',
    monotonicCst: 'directions',
    engine,
  },
  kNeighborsClassifier: {
    nNeighbors: 'count',
    weights: friendlyEnum(KNeighborsClassifier_Weights, 'WEIGHTS_'),
    algorithm: friendlyEnum(KNeighborsClassifier_Algorithm, 'ALGORITHM_'),
    leafSize: 'count',
    p: 'number',
    engine,
  },
  xgbClassifier: {
    nEstimators: 'count',
    learningRate: 'number',
    maxDepth: 'count',
    maxLeaves: 'count',
    maxBin: 'count',
    growPolicy: friendlyEnum(XGBClassifier_GrowPolicy, 'GROW_POLICY_'),
    gamma: 'number',
    minChildWeight: 'number',
    maxDeltaStep: 'number',
    subsample: 'number',
    colsampleBytree: 'number',
    colsampleBylevel: 'number',
    colsampleBynode: 'number',
    regAlpha: 'number',
    regLambda: 'number',
    scalePosWeight: 'number',
    baseScore: 'number',
    enableCategorical: 'flag',
  },
  lgbmClassifier: {
    nEstimators: 'count',
    learningRate: 'number',
    numLeaves: 'count',
    maxDepth: 'integer',
    minChildSamples: 'count',
    minChildWeight: 'number',
    minSplitGain: 'number',
    subsample: 'number',
    subsampleFreq: 'count',
    colsampleBytree: 'number',
    regAlpha: 'number',
    regLambda: 'number',
    maxBin: 'count',
    minDataInBin: 'count',
    catSmooth: 'number',
    catL2: 'number',
    maxCatThreshold: 'count',
    maxCatToOnehot: 'count',
  },
  catBoostClassifier: {
    iterations: 'count',
    learningRate: 'number',
    depth: 'count',
    l2LeafReg: 'number',
    randomStrength: 'number',
    bootstrapType: friendlyEnum(CatBoostClassifier_BootstrapType, 'BOOTSTRAP_TYPE_'),
    subsample: 'number',
    baggingTemperature: 'number',
    rsm: 'number',
    borderCount: 'count',
    leafEstimationIterations: 'count',
    oneHotMaxSize: 'count',
    autoClassWeights: friendlyEnum(CatBoostClassifier_AutoClassWeights, 'AUTO_CLASS_WEIGHTS_'),
    nanMode: friendlyEnum(CatBoostClassifier_NanMode, 'NAN_MODE_'),
  },
} as const satisfies { [Kind in EstimatorKind]: Record<keyof EstimatorMessages[Kind], FieldType> };

/** The names of all estimators. */
export const estimatorKinds = Object.keys(hyperparameterFields) as EstimatorKind[];
