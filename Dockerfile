# One image for each service, from one build: `docker build --target api .`, likewise scheduler, fetcher, importer, and
# migrate, the job that brings the metadata schema up to date.

FROM node:24-bookworm-slim AS build
WORKDIR /tidetable
ENV TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
RUN npx turbo run build --filter='./apps/*'
# What is left is what runs: no sources, no tools, and nothing of the packages that only tests use.
RUN npm prune --omit=dev --no-audit --no-fund \
 && rm -rf apps/*/src packages/*/src packages/local-stack packages/test-harness bench chaos e2e \
 && find node_modules/@tidetable -xtype l -delete \
 && find . -name '*.tsbuildinfo' -not -path './node_modules/*' -delete

FROM node:24-bookworm-slim AS service
WORKDIR /tidetable
ENV NODE_ENV=production
# A volume takes its owner from the folder it is mounted on the first time.
RUN mkdir -p /var/lib/tidetable/staged && chown -R node:node /var/lib/tidetable
COPY --from=build /tidetable/package.json ./
COPY --from=build /tidetable/node_modules node_modules
COPY --from=build /tidetable/packages packages
USER node
STOPSIGNAL SIGTERM

FROM service AS migrate
CMD ["node", "packages/metadata-db/dist/migrate.js"]

FROM service AS api
COPY --from=build /tidetable/apps/api apps/api
ENV API_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.API_PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]

# The other three have no surface but their health, all on the same port.
FROM service AS worker
ENV HEALTH_PORT=8081
EXPOSE 8081
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

FROM worker AS scheduler
COPY --from=build /tidetable/apps/scheduler apps/scheduler
CMD ["node", "apps/scheduler/dist/main.js"]

FROM worker AS fetcher
COPY --from=build /tidetable/apps/fetcher apps/fetcher
CMD ["node", "apps/fetcher/dist/main.js"]

FROM worker AS importer
USER root
# Reads geo formats and spreadsheets, in a process of its own with as little rights as possible.
RUN apt-get update && apt-get install -y --no-install-recommends gdal-bin && rm -rf /var/lib/apt/lists/*
USER node
COPY --from=build /tidetable/apps/importer apps/importer
CMD ["node", "apps/importer/dist/main.js"]
