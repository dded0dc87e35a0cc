import { ServerListenerBuilder, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { MessageStream } from '../../src/grpc/message-stream.js';

/** The server's half of a stream of messages, without a wire below it. */
export interface WirelessStream {
  readonly stream: MessageStream;
  /** Brings a message of the client's. */
  receive(message: Buffer): void;
  halfClose(): void;
}

/** @param below what becomes of what the stream asks for and writes */
export function wirelessStream(
  below: Partial<Pick<ServerInterceptingCallInterface, 'startRead' | 'sendMessage'>>,
): WirelessStream {
  let listener: Parameters<ServerInterceptingCallInterface['start']>[0] | undefined;
  const call: Partial<ServerInterceptingCallInterface> = {
    start: (given) => {
      listener = given;
    },
    ...below,
  };
  const path = '/a';
  const stream = MessageStream.interceptor(path)(
    { path, requestStream: true, responseStream: true, requestDeserialize: (bytes) => bytes, responseSerialize: (bytes) => bytes as Buffer }, // prettier-ignore
    call as ServerInterceptingCallInterface,
  ) as MessageStream;
  const nothing = new ServerListenerBuilder().build();
  stream.start(nothing as Parameters<MessageStream['start']>[0]);
  return {
    stream,
    receive: (message) => listener?.onReceiveMessage(message),
    halfClose: () => listener?.onReceiveHalfClose(),
  };
}
