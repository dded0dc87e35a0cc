/** The names of a generated enum without their prefix, in lower case; the zero value and UNRECOGNIZED left out. */
export type FriendlyName<Enum, Prefix extends string> = {
  [Key in keyof Enum]: Key extends `${Prefix}${infer Name}`
    ? Name extends 'UNSPECIFIED'
      ? never
      : Lowercase<Name>
    : never;
}[keyof Enum];

/** Turns the values of one enum of the contract into friendly names and back. */
export interface FriendlyEnum<Name extends string> {
  /** Every name, in the order of the contract. */
  readonly names: readonly Name[];
  /** The enum's number for a name; undefined for what is not one of `names`. */
  toNumber(name: unknown): number | undefined;
  /** The name for an enum's number; undefined for zero (not set) and for numbers that this version does not know. */
  toName(value: number): Name | undefined;
}

/**
 * Friendly names for a generated enum: `friendlyEnum(Penalty, 'PENALTY_')` knows
 * PENALTY_L2 as 'l2'.
 */
export function friendlyEnum<Enum extends Readonly<Record<string, string | number>>, Prefix extends string>(
  generated: Enum,
  prefix: Prefix,
): FriendlyEnum<FriendlyName<Enum, Prefix> & string> {
  type Name = FriendlyName<Enum, Prefix> & string;
  const numbers = new Map<string, number>();
  for (const [key, value] of Object.entries(generated)) {
    // A numeric enum object also maps its numbers back to names; those values are strings.
    if (typeof value !== 'number' || value <= 0) continue;
    numbers.set(key.slice(prefix.length).toLowerCase(), value);
  }
  const names = new Map([...numbers].map(([name, value]) => [value, name as Name]));
  return {
    names: [...names.values()],
    toNumber: (name) => (typeof name === 'string' ? numbers.get(name) : undefined),
    toName: (value) => names.get(value),
  };
}
