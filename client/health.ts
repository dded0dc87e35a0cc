import { HealthCheckResponse_ServingStatus } from '../generated/grpc/health/v1/health.js';

/** What the server says about itself (grpc.health.v1). */
export type Health = 'SERVING' | 'NOT_SERVING' | 'UNKNOWN';

/** The friendly form of the protocol's enum. */
export function decodeHealth(status: HealthCheckResponse_ServingStatus): Health {
  switch (status) {
    case HealthCheckResponse_ServingStatus.SERVING:
      return 'SERVING';
    case HealthCheckResponse_ServingStatus.NOT_SERVING:
      return 'NOT_SERVING';
    default:
      return 'UNKNOWN';
  }
}
