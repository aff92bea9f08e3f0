# syntax=docker/dockerfile:1
# mlctl as a container: `docker build -t mlctl .`, then `docker compose up` (see compose.yaml).

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts ./scripts
# Every package brings its binary; none needs its install script.
RUN npm ci --include=dev --ignore-scripts --no-audit
COPY tsconfig.json tsconfig.build.json ./
COPY bin ./bin
COPY src ./src
RUN node scripts/build.js && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
WORKDIR /app
COPY --from=build /app/package.json ./package.json
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist/.built ./dist/.built
COPY --from=build /app/dist/app ./dist/app
COPY config.json README.md CHANGELOG.md ./
COPY examples ./examples
RUN ln -s /app/bin/mlctl.js /usr/local/bin/mlctl \
 && mkdir /workspace && chown node:node /workspace
# The native XGBoost is several times as fast to train as WebAssembly, which trains without it. 0 leaves it out (17 MB).
# It has no wheel for some architectures.
ARG WITH_XGBOOST=1
ENV XDG_DATA_HOME=/usr/local/share
RUN if [ "$WITH_XGBOOST" = 1 ] && ! mlctl engine list --json | grep -q '"available": *null'; then mlctl engine install; fi
ENV NODE_ENV=production
# Compiled code is kept here; the rest of the container is often read-only.
ENV NODE_COMPILE_CACHE=/tmp/mlctl
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
# The folder of config.json: mount yours here.
WORKDIR /workspace
VOLUME /workspace
EXPOSE 8000
# Alive, not ready: a server without a deployment is well, it waits for one.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8000/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Others can reach the port, so a token is needed: the variable MLCTL_SERVE_TOKEN, or serve.token of config.json.
ENTRYPOINT ["mlctl"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
