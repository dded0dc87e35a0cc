import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import { defaultRetryPolicy, noRetries, type RetryPolicy } from './retry.js';

/** How a client talks to its server. */
export interface ModelServerClientOptions {
  /** Default: no TLS. */
  readonly credentials?: ChannelCredentials;
  /**
   * The deadline of calls that set none, in milliseconds. It is not used for
   * fit, whose length only the caller can know. Default: none.
   */
  readonly timeoutMs?: number;
  /** Parts of the policy to change, or false to make every call once. Default: see RetryPolicy. */
  readonly retry?: Partial<RetryPolicy> | false;
  /** Further options of the gRPC channel; they win over this client's. */
  readonly channelOptions?: ChannelOptions;
}

/** What the options come to. */
export interface ResolvedClientOptions {
  readonly credentials: ChannelCredentials;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly channelOptions: ChannelOptions;
}

const channelDefaults: ChannelOptions = {
  // A Fit may run for hours without a byte on the wire: pings keep middleboxes
  // from dropping the connection, and find out when the server is gone.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // The server knows how much it takes; a limit here would only hide its answer.
  'grpc.max_send_message_length': -1,
  'grpc.max_receive_message_length': -1,
  // A service config in DNS could make grpc-js retry a Fit. Without one it repeats
  // only what provably never reached a handler.
  'grpc.service_config_disable_resolution': 1,
  // A large answer does not wait for a round trip every 64 KiB.
  'grpc-node.flow_control_window': 2 ** 20,
  // The first attempts after a lost connection come sooner than after a second.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 5_000,
  // close() then closes the connection, even if other clients have the same address.
  'grpc.use_local_subchannel_pool': 1,
};

/** Fills in the defaults. */
export function resolveClientOptions(options: ModelServerClientOptions): ResolvedClientOptions {
  return {
    credentials: options.credentials ?? credentials.createInsecure(),
    timeoutMs: options.timeoutMs ?? Infinity,
    retry: options.retry === false ? noRetries : { ...defaultRetryPolicy, ...options.retry },
    channelOptions: { ...channelDefaults, ...options.channelOptions },
  };
}
