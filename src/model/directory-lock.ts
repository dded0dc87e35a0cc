import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { codeOf, linkNew } from './files.js';

/** A directory that another process owns. */
export class DirectoryLockedError extends Error {
  override readonly name = 'DirectoryLockedError';
}

const ownerSchema = z.object({
  id: z.string(),
  pid: z.number().int(),
  /** When the process started, in clock ticks since boot; '' where the system does not say. */
  started: z.string(),
  /** Host and process-id namespace: where `pid` means something. */
  realm: z.string(),
  since: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

const FILE_NAME = '.lock';
const HEARTBEAT_MS = 2000;
/** An owner whose process we cannot see counts as gone after so many heartbeats that did not come. */
const MISSED_BEATS = 4;
/** A claim is held for as long as it takes to read one file and remove it. */
const CLAIM_POLL_MS = 5;
/** No start takes so long. */
const LEFT_AFTER_MS = 60_000;

/**
 * Makes this process the one owner of a directory, by a file that names it. The
 * lock of a dead process is taken over: at once where its process id tells (a
 * restart after `kill -9`), and after a silence of its heartbeat where it does
 * not (another container on the same volume).
 */
export class DirectoryLock {
  readonly #path: string;
  readonly #owner: Owner;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(path: string, owner: Owner, heartbeatMs: number) {
    this.#path = path;
    this.#owner = owner;
    // A missed beat is no fault: the next one follows.
    this.#heartbeat = setInterval(() => void this.#beat().catch(() => undefined), heartbeatMs);
    this.#heartbeat.unref();
  }

  /** @throws DirectoryLockedError that names the living owner. */
  static async acquire(directory: string, heartbeatMs = HEARTBEAT_MS): Promise<DirectoryLock> {
    const path = join(directory, FILE_NAME);
    const owner: Owner = {
      id: randomUUID(),
      pid: process.pid,
      started: startOf(process.pid) ?? '',
      realm: realm(),
      since: new Date().toISOString(),
    };
    // The lock appears whole: a file of our own first, then a link that fails if there is one.
    const draft = `${path}.${owner.id}`;
    await writeFile(draft, JSON.stringify(owner));
    try {
      while (!(await linkNew(draft, path))) {
        const other = await readOwner(path);
        if (other === undefined) continue;
        if (await isAlive(other, path, heartbeatMs)) {
          throw new DirectoryLockedError(
            `${directory} is in use by another server (process ${other.pid} on ${other.realm.split(' ')[0]}, since ${other.since}); give each server a MODELS_PATH of its own`,
          );
        }
        await removeDead(path, other, draft, heartbeatMs);
      }
    } finally {
      await rm(draft, { force: true });
    }
    return new DirectoryLock(path, owner, heartbeatMs);
  }

  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    if (await this.#isOurs()) await rm(this.#path, { force: true });
  }

  /** Removes what processes have left that died while they acquired this lock. */
  async sweep(): Promise<void> {
    const directory = dirname(this.#path);
    for (const name of await readdir(directory)) {
      if (!name.startsWith(`${FILE_NAME}.`)) continue;
      const path = join(directory, name);
      const owner = await readOwner(path);
      // Of other machines' drafts, and of half-written ones, only the age is known.
      const isSeen = owner?.realm === realm() && owner.pid > 0;
      const isLeft = isSeen ? !isRunning(owner) : Date.now() - (await beatOf(path)) > LEFT_AFTER_MS;
      if (isLeft) await rm(path, { force: true });
    }
  }

  async #beat(): Promise<void> {
    const now = new Date();
    // A process that was suspended for long may have lost it to another one.
    if (await this.#isOurs()) await utimes(this.#path, now, now);
  }

  async #isOurs(): Promise<boolean> {
    return (await readOwner(this.#path))?.id === this.#owner.id;
  }
}

/**
 * Takes away the lock of a dead owner, once, however many find it dead at the
 * same time: only who holds the claim on that owner may do so, and looks again
 * before. A claim whose own holder died is taken away in the same manner.
 */
async function removeDead(path: string, dead: Owner, draft: string, heartbeatMs: number): Promise<void> {
  const claim = `${path}.claim-${dead.id}`;
  while (!(await linkNew(draft, claim))) {
    const claimer = await readOwner(claim);
    if (claimer === undefined) continue;
    if (await isAlive(claimer, claim, heartbeatMs)) await delay(CLAIM_POLL_MS);
    else await removeDead(claim, claimer, draft, heartbeatMs);
  }
  try {
    if ((await readOwner(path))?.id === dead.id) await rm(path, { force: true });
  } finally {
    await rm(claim, { force: true });
  }
}

/** The owner that the lock names; undefined when there is no lock, an unreadable one counts as nobody's. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const parsed = ownerSchema.safeParse(parseJson(text));
    return parsed.success ? parsed.data : { id: '', pid: 0, started: '', realm: '', since: '' };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isAlive(owner: Owner, path: string, heartbeatMs: number): Promise<boolean> {
  if (owner.pid <= 0) return false;
  if (owner.realm === realm()) {
    return isRunning(owner);
  }
  const before = await beatOf(path);
  const deadline = Date.now() + MISSED_BEATS * heartbeatMs;
  while (Date.now() < deadline) {
    await delay(heartbeatMs / 4);
    if ((await beatOf(path)) !== before) return true;
  }
  return false;
}

/** Whether the process of an owner in this realm runs. */
function isRunning({ pid, started }: Owner): boolean {
  // A process id is used again; its start time tells the two apart.
  return processExists(pid) && (started === '' || startOf(pid) === started);
}

async function beatOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function realm(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has namespaces.
  }
  return `${hostname()} ${namespace}`.trim();
}

function startOf(pid: number): string | undefined {
  try {
    // Field 22, counted from behind the command's name, which may hold spaces.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
