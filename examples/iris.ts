import { ModelServerClient, ModelServerError } from 'modelserver';

const client = new ModelServerClient(process.env.MODELSERVER_ADDRESS ?? '127.0.0.1:50051');
try {
  const model = await client.fit({
    name: 'flowers',
    estimator: { randomForestClassifier: { nEstimators: 50 } },
    x: [
      [5.1, 3.5, 1.4, 0.2],
      [4.9, 3.0, 1.4, 0.2],
      [7.0, 3.2, 4.7, 1.4],
      [6.4, 3.2, 4.5, 1.5],
    ],
    y: ['setosa', 'setosa', 'versicolor', 'versicolor'],
    featureNames: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
  });
  console.log(`trained ${model.name} in ${model.fitDurationMs} ms, sha256 ${model.sha256}`);

  await client.load('flowers');
  const { labels, probabilities } = await client.predict({
    name: 'flowers',
    x: [[5.0, 3.4, 1.5, 0.2]],
    probabilities: true,
  });
  console.log(labels[0], probabilities?.data);
} catch (error) {
  if (!(error instanceof ModelServerError)) throw error;
  // For example ALREADY_EXISTS MODEL_ALREADY_EXISTS, the second time that this runs.
  console.error(error.codeName, error.reason, error.message, error.violations);
  process.exitCode = 1;
} finally {
  client.close();
}
