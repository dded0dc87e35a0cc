import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Who hears of a thread. */
interface ThreadListener<Message> {
  message(message: Message, thread: Worker): void;
  /** It has ended; `fault` is what it died of, if anything. */
  exit(fault: Error | undefined, code: number): void;
}

/** Starts a thread that runs the module at `entry`, and ends it when it sends what cannot be read. */
export function startThread<Message>(entry: URL, options: WorkerOptions, listener: ThreadListener<Message>): Worker {
  const thread = new Worker(entry, options);
  let fault: Error | undefined;
  thread.on('message', (received: Message) => listener.message(received, thread));
  thread.on('error', (error) => {
    fault = error;
  });
  // An answer that cannot be read is as good as none, and nobody would send another.
  thread.on('messageerror', (error) => {
    fault = error;
    void thread.terminate();
  });
  thread.on('exit', (code) => listener.exit(fault, code));
  return thread;
}
