import { invalid } from '../errors.js';

/**
 * The one encoding of a message that is set, of those that it may come in.
 *
 * @throws INVALID_REQUEST at `path` unless exactly one is.
 */
export function requireOne<Encoding extends string>(
  path: string,
  isSet: Readonly<Record<Encoding, boolean>>,
): Encoding {
  const all = Object.keys(isSet) as Encoding[];
  const [encoding, ...more] = all.filter((each) => isSet[each]);
  if (encoding === undefined) {
    throw invalid(path, `is empty; set one of ${all.slice(0, -1).join(', ')} and ${all.at(-1)}`);
  }
  if (more.length > 0) throw invalid(path, `sets ${[encoding, ...more].join(' and ')}; set only one encoding`);
  return encoding;
}
