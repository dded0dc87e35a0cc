import { accuracy } from '../accuracy.js';
import { formatDuration, formatShare } from '../terminal/format.js';
import { formatTable } from '../terminal/table.js';
import { batches } from './dataset.js';
import type { Stage } from './stage.js';
import type { TrainedAlone } from './train-alone.js';

/** Calls for each model; all of all models are under way at once. */
const CALLS = 4;

/** Loads the models and asks all of them, several times at once, about rows that they have not seen. */
export async function predictionAct(stage: Stage, trained: readonly TrainedAlone[]): Promise<void> {
  const { client, screen, checks, signal } = stage;
  screen.heading('Predictions', `${trained.length * CALLS} calls at once, on rows that the models have not seen`);
  await Promise.all(trained.map(({ name }) => client.load(name, { signal })));

  const started = performance.now();
  const answers = await Promise.all(
    trained.map(({ name, recipe }) =>
      Promise.all(
        batches(recipe.dataset.heldOut, CALLS).map(async ({ x, y }) => {
          const { labels, probabilities } = await client.predict({ name, x, probabilities: true }, { signal });
          return { right: accuracy(labels, y) * y.length, rows: y.length, probabilities };
        }),
      ),
    ),
  );
  const wallMs = performance.now() - started;

  const rows = trained.map(({ recipe }, index) => {
    const calls = answers[index];
    const total = sum(calls.map((call) => call.rows));
    const share = sum(calls.map((call) => call.right)) / total;
    checks.expect(
      share >= recipe.leastAccuracy,
      `${recipe.title} gets at least ${formatShare(recipe.leastAccuracy)} right, and not ${formatShare(share)}`,
    );
    checks.expect(
      calls.every(({ probabilities }) => probabilities !== undefined && addUpToOne(probabilities)),
      `the probabilities of ${recipe.title} add up to 1`,
    );
    return [recipe.title, calls.length, total, formatShare(share)];
  });
  const columns = [{ title: 'model' }, right('calls'), right('rows'), right('accuracy')];
  screen.line(formatTable(columns, rows, screen.style));
  screen.line(screen.style.dim(`\n  all answers, with probabilities, were there after ${formatDuration(wallMs)}`));
}

function addUpToOne({ rows, columns, data }: { rows: number; columns: number; data: Float64Array }): boolean {
  return Array.from({ length: rows }, (_, row) => sum(data.subarray(row * columns, (row + 1) * columns))).every(
    (total) => Math.abs(total - 1) < 1e-6,
  );
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function right(title: string) {
  return { title, align: 'right' as const };
}
