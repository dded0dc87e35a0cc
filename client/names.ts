/** The contract's name of a field: 'nEstimators' is 'n_estimators'. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
