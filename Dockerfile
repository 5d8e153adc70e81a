FROM node:24-bookworm-slim AS build
WORKDIR /leveret
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npx tsc -p tsconfig.build.json && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# A configuration that was mounted for RabbitMQ is found. The garbage is collected by one thread beside the broker's own
# (docs/decisions/0010-one-thread-for-garbage.md).
ENV NODE_ENV=production NODE_OPTIONS=--v8-pool-size=1 LEVERET_DATA_DIR=/data \
    RABBITMQ_CONFIG_FILE=/etc/rabbitmq/rabbitmq.conf RABBITMQ_CONFIG_FILES=/etc/rabbitmq/conf.d/*.conf
WORKDIR /leveret
RUN mkdir -m 700 /data /var/lib/rabbitmq && chown node:node /data /var/lib/rabbitmq
COPY package.json LICENSE ./
COPY bin bin
COPY --from=build /leveret/node_modules node_modules
COPY --from=build /leveret/dist dist
# What compose files and health checks count on that were written for RabbitMQ's image.
COPY deploy/container/bin/* /usr/local/bin/
COPY deploy/container/conf.d/* /etc/rabbitmq/conf.d/
RUN ln -s /leveret/bin/leveret.js /usr/local/bin/leveret && ln -s rabbitmqctl /usr/local/bin/rabbitmq-diagnostics
# The user node, by its number: Kubernetes takes no name for a user that is not root. Nothing but /data is written to, or
# /var/lib/rabbitmq if a volume is mounted there.
USER 1000:1000
VOLUME /data
EXPOSE 5672 15672 15692
STOPSIGNAL SIGTERM
# Whether it answers in AMQP and, if the port for Prometheus or the management API is on, is ready. What is given as a flag
# is not known here: give ports and hosts as variables (LEVERET_PORT and so on) or in the configuration file.
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["node", "/leveret/bin/leveret.js", "ping", "--ready"]
ENTRYPOINT ["entrypoint"]
CMD ["start"]
