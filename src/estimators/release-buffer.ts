import { MessageChannel } from 'node:worker_threads';

/** What is sent through a closed port is taken from the sender, and dropped. */
const { port1: closed } = new MessageChannel();
closed.close();

/**
 * Gives the memory of a buffer back at once, whoever still refers to it: views of
 * it are empty from then on. The garbage collector would come when it likes, and
 * not while a frame on the stack has it.
 */
export function releaseBuffer(buffer: ArrayBuffer): void {
  // What has been sent before can not be sent again.
  if (buffer.byteLength > 0) closed.postMessage(undefined, [buffer]);
}
