# syntax=docker/dockerfile:1
# Three stages on one base: the build has the compiler, the runtime only what runs.
FROM node:24-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
# No install script is needed (package.json, allowScripts), so none runs.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && rm dist/.tsbuildinfo

FROM base AS dependencies
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim AS runtime
WORKDIR /app
# In a container the loopback address would be the container's own: listen on all
# of them, and let the published port decide who gets in.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=50051 \
    MODELS_PATH=/models
# Owned by the user before it becomes a volume: a new named volume takes over the owner.
RUN install --directory --owner=node --group=node --mode=0750 /models
# The program stays root's, so that the server cannot write to its own files.
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY generated/descriptor_set.binpb ./generated/descriptor_set.binpb
COPY --from=build /app/dist ./dist
# `node`, by number: Kubernetes cannot tell from a name that it is not root.
USER 1000:1000
VOLUME /models
EXPOSE 50051
# The health service of gRPC, asked by our own client: no shell and no curl needed.
# With another PORT, set MODELSERVER_ADDRESS too.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --start-interval=2s --retries=3 \
    CMD ["node", "dist/client/cli.js", "health"]
STOPSIGNAL SIGTERM
# Exec form makes node PID 1, which gets SIGTERM itself and drains. It needs no init:
# the server handles the signal and has threads but no child processes to reap.
CMD ["node", "dist/src/main.js"]
