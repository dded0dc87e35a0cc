/**
 * The messages between the server's thread and that of the artifacts.
 *
 *     server's thread                         artifacts' thread
 *       │ ─── encode │ decode │ release ──────────▶│  buffers are transferred, not copied
 *       │ ◀── encoded │ decoded │ refused │ failed ─│  one answer a job; a release has none
 *
 * Answers carry the id of their job, and come in the order of the jobs.
 */
import type { ErrorReason } from '../errors.js';
import type { Tensors } from '../estimators/tensor.js';
import type { Artifact, DecodedArtifact } from './artifact.js';
import type { NewModel } from './artifact-metadata.js';

/** What is to be done, and what comes of it, by the name of the job. */
export interface ArtifactJobs {
  readonly encode: {
    readonly job: { readonly model: NewModel; readonly tensors: Tensors };
    readonly result: Artifact;
  };
  readonly decode: {
    readonly job: { readonly bytes: Uint8Array<ArrayBuffer> };
    readonly result: DecodedArtifact;
  };
}

export type ToArtifacts =
  | ({ readonly type: 'encode'; readonly id: number } & ArtifactJobs['encode']['job'])
  | ({ readonly type: 'decode'; readonly id: number } & ArtifactJobs['decode']['job'])
  /** Gives the memory of these buffers back: for hundreds of megabytes that alone takes tens of milliseconds. */
  | { readonly type: 'release'; readonly buffers: readonly ArrayBuffer[] };

export type FromArtifacts =
  | { readonly type: 'done'; readonly id: number; readonly result: Artifact | DecodedArtifact }
  /** The artifact is at fault. */
  | { readonly type: 'refused'; readonly id: number; readonly reason: ErrorReason; readonly message: string }
  /** Something else is; `stack` is for the log only. */
  | { readonly type: 'failed'; readonly id: number; readonly message: string; readonly stack: string };

/** The buffers of tensors, each once, whoever else has views of them. */
export function buffersOf(tensors: Tensors): ArrayBuffer[] {
  const buffers = new Set(Object.values(tensors).map(({ data }) => data.buffer));
  return [...buffers].filter(({ byteLength }) => byteLength > 0);
}
