# One image for each service: docker build --build-arg SERVICE=order -t jangteo/order .
# All but the last layers are the same in all of them. It is built without BuildKit too.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
# Nothing but what decides which packages are installed, so that a change of the sources installs none anew.
COPY package.json package-lock.json ./
COPY libs/contracts/package.json libs/contracts/
COPY libs/database/package.json libs/database/
COPY libs/infra/package.json libs/infra/
COPY libs/messaging/package.json libs/messaging/
COPY libs/service/package.json libs/service/
COPY libs/testkit/package.json libs/testkit/
COPY libs/tls/package.json libs/tls/
COPY libs/tracing/package.json libs/tracing/
COPY services/catalog/package.json services/catalog/
COPY services/coupon/package.json services/coupon/
COPY services/gateway/package.json services/gateway/
COPY services/order/package.json services/order/
COPY services/ranking/package.json services/ranking/
COPY services/wallet/package.json services/wallet/
COPY clients/typescript/package.json clients/typescript/
COPY console/package.json console/
COPY tools/package.json tools/

FROM manifests AS packages
COPY deploy/docker/narrow.mjs deploy/docker/prune.mjs deploy/docker/
RUN node deploy/docker/narrow.mjs \
 && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
 && node deploy/docker/prune.mjs

FROM manifests AS build
# Node is here already, and what else install scripts bring is for tests.
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY tsconfig.json tsconfig.base.json ./
COPY libs libs
COPY services services
COPY clients/typescript clients/typescript
COPY console console
COPY deploy/docker deploy/docker
RUN node node_modules/typescript/bin/tsc -b services/* clients/typescript \
 && (cd console && node ../node_modules/vite/bin/vite.js build --logLevel warn) \
 && node deploy/docker/assemble.mjs /image

FROM ${NODE_IMAGE} AS service
ENV NODE_ENV=production HTTP_HOST=0.0.0.0 HTTP_PORT=3000 OPS_HOST=0.0.0.0 OPS_PORT=3010
WORKDIR /app
# For what a service keeps in files: a volume mounted here belongs to its user.
RUN mkdir /data && chown node:node /data
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/libs libs
COPY --from=build /image/common ./
USER node
# The second one is the gateway's, for those who operate the shop.
EXPOSE 3000 3010
# On a busy machine a start takes minutes: what waits for it must not give up on it.
HEALTHCHECK --interval=5s --timeout=10s --start-period=180s --retries=3 CMD ["node", "health-check.mjs"]
ENTRYPOINT ["./start"]
CMD ["main"]
ARG SERVICE
COPY --from=packages /app/services/${SERVICE} services/${SERVICE}
COPY --from=build /image/${SERVICE} ./
