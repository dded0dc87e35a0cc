import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../errors.js';
import { decodeHeader, headerLength } from './artifact-header.js';
import { DirectoryLock } from './directory-lock.js';
import { codeOf, linkNew } from './files.js';
import { fileNameOf, modelNameOf } from './file-name.js';
import type { ModelCard } from './model.js';

/** What a scan has found: a model, or why it is unusable. */
export type StoredModel =
  { readonly name: string; readonly card: ModelCard } | { readonly name: string; readonly fault: DomainError };

/** A finished file that is no model's yet. */
export interface StagedArtifact {
  /**
   * Makes it the artifact: the moment at which the file gets that name is the
   * commit point. `replace` puts it in the place of an artifact that is there.
   *
   * @throws MODEL_ALREADY_EXISTS when, without `replace`, someone has put a file of
   *   that name there, or INTERNAL when the disk refuses; then all is as before.
   */
  commit(how: { readonly replace: boolean }): Promise<void>;
  /** Removes what was not committed; to be called in any case. */
  discard(): Promise<void>;
}

// All that is not a model's file starts with a dot, and is swept up at the start.
const WRITING = '.writing-';
const REMOVING = '.removing-';
const REMOVED = '.removed-';

/** How much of an artifact is read at one time. */
const READ_BYTES = 2 ** 22;

/**
 * The artifacts in one directory, whole or not at all, whenever the process is
 * killed: a file appears by a link to a finished one and is replaced by a rename, a
 * single removal is one unlink, and a removal of many is committed by the rename of
 * a directory.
 */
export class ModelStore {
  readonly #lock: DirectoryLock;

  private constructor(
    readonly path: string,
    lock: DirectoryLock,
  ) {
    this.#lock = lock;
  }

  /**
   * Takes the directory, makes it where it is missing, and finishes or undoes
   * what a killed process has left.
   *
   * @throws DirectoryLockedError when another server owns it.
   */
  static async open(path: string, heartbeatMs?: number): Promise<ModelStore> {
    await mkdir(path, { recursive: true });
    const lock = await DirectoryLock.acquire(path, heartbeatMs);
    const store = new ModelStore(path, lock);
    try {
      await store.#recover();
    } catch (error) {
      await lock.release();
      throw error;
    }
    return store;
  }

  /** Gives the directory back; where the disk refuses, the next start finds that this process has gone. */
  async close(): Promise<void> {
    await this.#lock.release().catch(() => undefined);
  }

  /** Reads the header of every artifact. What is no file of a model's name is left alone, and told as ignored. */
  async scan(): Promise<{ readonly models: StoredModel[]; readonly ignored: string[] }> {
    const models: StoredModel[] = [];
    const ignored: string[] = [];
    for (const entry of await readdir(this.path)) {
      if (entry.startsWith('.')) continue;
      const name = modelNameOf(entry);
      // Looked at before it is opened: opening a pipe would wait for a writer.
      if (name !== undefined && (await isFile(join(this.path, entry)))) models.push(await this.#examine(name));
      else ignored.push(entry);
    }
    return { models, ignored };
  }

  /**
   * Writes `bytes` to the disk, as the artifact of `name` once they are committed.
   *
   * @throws INTERNAL when the disk refuses; nothing is left behind.
   */
  async stage(name: string, bytes: Uint8Array): Promise<StagedArtifact> {
    const temporary = join(this.path, `${WRITING}${randomUUID()}`);
    // What the disk refuses to remove is swept up at the next start.
    const discard = () => rm(temporary, { force: true }).catch(() => undefined);
    try {
      const file = await open(temporary, 'wx', 0o644);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await discard();
      throw storageFault('write', name, error);
    }
    return {
      commit: ({ replace }) => (replace ? this.#replace(name, temporary) : this.#publish(name, temporary)),
      discard,
    };
  }

  /** @throws MODEL_CORRUPT when the file has gone, INTERNAL when the disk refuses. */
  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    let file: FileHandle | undefined;
    try {
      file = await open(this.#fileOf(name), 'r');
      return await readWhole(file);
    } catch (error) {
      if (!['ENOENT', 'EISDIR', 'ELOOP'].includes(codeOf(error))) throw storageFault('read', name, error);
      throw new DomainError('MODEL_CORRUPT', `the artifact of ${name} has gone, or is no file (${codeOf(error)})`, {
        cause: error,
      });
    } finally {
      await file?.close();
    }
  }

  /** Removes one artifact; one that has gone already counts as removed. */
  async remove(name: string): Promise<void> {
    try {
      await unlink(this.#fileOf(name));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw storageFault('remove', name, error);
    }
    await this.#syncRemoval();
  }

  /** Removes all of these artifacts, or none. */
  async removeAll(names: readonly string[]): Promise<void> {
    const id = randomUUID();
    const removing = join(this.path, `${REMOVING}${id}`);
    const removed = join(this.path, `${REMOVED}${id}`);
    try {
      await mkdir(removing);
      for (const name of names) await moveIfThere(this.#fileOf(name), join(removing, fileNameOf(name)));
      await rename(removing, removed);
    } catch (error) {
      if (await exists(removing)) await this.#restore(removing);
      throw storageFault('remove', 'the models', error);
    }
    await this.#syncRemoval();
    await rm(removed, { recursive: true, force: true });
  }

  /** Gives a finished file the name of a new artifact. */
  async #publish(name: string, temporary: string): Promise<void> {
    try {
      // Unlike a rename it replaces nothing, such as a file that was copied here by hand.
      if (!(await linkNew(temporary, this.#fileOf(name)))) throw occupied(name);
    } catch (error) {
      throw error instanceof DomainError ? error : storageFault('write', name, error);
    }
    try {
      await this.#syncDirectory();
    } catch (error) {
      await rm(this.#fileOf(name), { force: true });
      throw storageFault('write', name, error);
    }
  }

  /** Gives a finished file the name of an artifact, whose own file goes in the same moment. */
  async #replace(name: string, temporary: string): Promise<void> {
    try {
      await rename(temporary, this.#fileOf(name));
    } catch (error) {
      throw storageFault('write', name, error);
    }
    // The old one cannot be brought back: like a removal, it has been replaced even if a power cut could undo it.
    await this.#syncDirectory().catch(() => undefined);
  }

  #fileOf(name: string): string {
    return join(this.path, fileNameOf(name));
  }

  async #examine(name: string): Promise<StoredModel> {
    let file: FileHandle | undefined;
    try {
      file = await open(this.#fileOf(name), 'r');
      const { size } = await file.stat();
      const start = await readExactly(file, Math.min(size, 8));
      const header = await readExactly(file, headerLength(start, size));
      return { name, card: decodeHeader(header, size).card };
    } catch (error) {
      if (error instanceof DomainError) return { name, fault: error };
      const fault = new DomainError('MODEL_CORRUPT', `the artifact cannot be read (${codeOf(error)})`, {
        cause: error,
      });
      return { name, fault };
    } finally {
      await file?.close();
    }
  }

  async #recover(): Promise<void> {
    await this.#lock.sweep();
    for (const entry of await readdir(this.path)) {
      const path = join(this.path, entry);
      if (entry.startsWith(WRITING)) await rm(path, { force: true });
      else if (entry.startsWith(REMOVED)) await rm(path, { recursive: true, force: true });
      else if (entry.startsWith(REMOVING)) await this.#restore(path);
    }
  }

  /** Undoes a removal of many that was not committed. */
  async #restore(removing: string): Promise<void> {
    for (const fileName of await readdir(removing)) {
      await rename(join(removing, fileName), join(this.path, fileName));
    }
    await rmdir(removing);
    await this.#syncDirectory();
  }

  /** A removal that a power cut could undo has been made all the same. */
  async #syncRemoval(): Promise<void> {
    await this.#syncDirectory().catch(() => undefined);
  }

  /** Makes renames and removals outlast a power cut. */
  async #syncDirectory(): Promise<void> {
    let directory: FileHandle | undefined;
    try {
      directory = await open(this.path, 'r');
      await directory.sync();
    } catch (error) {
      // Some systems cannot sync a directory; what was done stays done.
      if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'ENOTSUP'].includes(codeOf(error))) throw error;
    } finally {
      await directory?.close();
    }
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function readExactly(file: FileHandle, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

/** In parts, so that the disk's threads have time for others; `readFile` ends at 2 GiB. */
async function readWhole(file: FileHandle): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await file.stat();
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, Math.min(READ_BYTES, size - length), length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function occupied(name: string): DomainError {
  return new DomainError(
    'MODEL_ALREADY_EXISTS',
    `a file of the model ${name} was put into the store while the server ran; restart the server to see it, or choose another name`,
  );
}

/** Says which rule of the file system was met, but not where its files are. */
function storageFault(verb: string, name: string, cause: unknown): DomainError {
  return new DomainError('INTERNAL', `the server could not ${verb} ${name} on its disk (${codeOf(cause)})`, { cause });
}
