/** The ending of an artifact's file. */
const EXTENSION = '.safetensors';

/** Names that Windows takes for devices, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/;
const FILE = /^(?<lower>[a-z0-9][a-z0-9._-]{0,127})(?:~(?<upper>[0-9a-f]+))?\.safetensors$/;

/**
 * The file of the model `name`. Some file systems take `Iris` and `iris` for one
 * file, so the file's name is in lower case; where the model's is not, a bit mask
 * of its capitals follows: `Iris` is in `iris~1.safetensors`.
 */
export function fileNameOf(name: string): string {
  const lower = name.toLowerCase();
  let capitals = 0n;
  for (let i = 0; i < name.length; i++) {
    if (name[i] !== lower[i]) capitals |= 1n << BigInt(i);
  }
  const suffix = capitals !== 0n || DEVICE.test(lower) ? `~${capitals.toString(16)}` : '';
  return `${lower}${suffix}${EXTENSION}`;
}

/** The model whose file `fileName` is, or undefined when it is none's. */
export function modelNameOf(fileName: string): string | undefined {
  const groups = FILE.exec(fileName)?.groups;
  if (groups === undefined) return undefined;
  const capitals = BigInt(`0x${groups.upper ?? '0'}`);
  const name = Array.from(groups.lower)
    .map((letter, i) => ((capitals >> BigInt(i)) & 1n ? letter.toUpperCase() : letter))
    .join('');
  // Only the one spelling that fileNameOf gives is a model's.
  return fileNameOf(name) === fileName ? name : undefined;
}
