# The service as an image. `docker compose up` builds it; to build it alone: docker build --tag checkout-sync .
# Settings come from the environment: see docs/operations.md.

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Optional dependencies are the embedded Postgres, which is not needed here (DATABASE_URL is required), and native code that
# has a fallback in JavaScript. Nothing else has an install script. What only compilers and debuggers read is left out.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.md' \) -delete

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/
COPY drizzle drizzle
COPY src src
RUN npm run build && rm drizzle/meta/*_snapshot.json && find dist -type f \( -name '*.map' -o -name '*.d.ts' \) -delete
COPY bin bin
# There is no env in the image, only Node.js. Readable for every user, however private the folder that it was copied from.
RUN sed -i '1s|.*|#!/usr/local/bin/node|' bin/checkout-sync.js && chmod -R a+rX bin dist drizzle package.json \
  && mkdir -p root/usr/local/bin root/etc root/tmp && chmod 1777 root/tmp \
  && cp --parents $(ldd /usr/local/bin/node | grep -o '/[^ ]*') /usr/local/bin/node root \
  && ln -s /app/bin/checkout-sync.js root/usr/local/bin/checkout-sync \
  && echo 'node:x:1000:1000::/:/sbin/nologin' >root/etc/passwd && echo 'node:x:1000:' >root/etc/group \
  && echo 'hosts: files dns' >root/etc/nsswitch.conf

# Node.js and the libraries that it is linked with: no shell, no package manager, nothing else.
FROM scratch
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="checkout-sync" \
  org.opencontainers.image.description="Keeps a billing provider's checkout links and sessions in your own Postgres" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
# Reachable from outside the container, so the service does not start without ADMIN_TOKEN.
ENV NODE_ENV=production HOST=0.0.0.0 PATH=/usr/local/bin
WORKDIR /app
COPY --from=build /app/root /
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/drizzle drizzle
COPY --from=build /app/bin bin
COPY --from=build /app/dist dist
# By number, so that Kubernetes can tell that it is not root.
USER 1000:1000
EXPOSE 3000
# livez, not readyz: a new container does not fix an unreachable database.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: SIGTERM reaches the process, which stores the pages being read and exits within ten seconds.
# A larger young generation: a walk's peak memory is a quarter lower, with less collecting. The old one's first limit is 64 MB.
ENTRYPOINT ["node", "--initial-old-space-size=64", "--min-semi-space-size=16", "--max-semi-space-size=16", "dist/cli.js"]
CMD ["worker"]
