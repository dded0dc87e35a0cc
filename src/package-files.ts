import { readFile } from 'node:fs/promises';
import { z } from 'zod';

// This module is at dist/src/ of the package.
const ROOT = new URL('../../', import.meta.url);

/** The version of the package, as its package.json has it. */
export async function readVersion(): Promise<string> {
  const text = await readFile(new URL('package.json', ROOT), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** The contract as a google.protobuf.FileDescriptorSet, comments included. */
export async function readDescriptorSet(): Promise<Uint8Array> {
  return readFile(new URL('generated/descriptor_set.binpb', ROOT));
}
