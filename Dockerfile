# The service as an image. `docker compose up` builds it with all it needs; alone: docker build --tag checkout-sync .
# Settings come from the environment: docs/operations.md.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# What is optional is the embedded Postgres, which nobody wants in here (DATABASE_URL is needed), and native code that has
# an equal in JavaScript. Nothing that is left has an install script.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY drizzle drizzle
COPY src src
# Readable for the user below, however private the folder is that it was copied from.
RUN chmod -R a+rX package.json drizzle src

FROM node:24-slim
# Reachable from outside the container: the service asks for ADMIN_TOKEN, then, before it starts.
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/drizzle drizzle
COPY --from=build /app/src src
USER node
EXPOSE 3000
# livez, not readyz: whether this process answers. A database that is away is not mended by another container.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: SIGTERM reaches the process, which finishes the pages in hand within ten seconds.
ENTRYPOINT ["node", "src/cli.ts"]
CMD ["worker"]
