# The server on Deno, as a user without rights, with its data in /data.
#
#   docker build -t redeno .
#   docker run --name redeno -p 6379:6379 -v redeno:/data redeno --bind '*' '-::*' --requirepass secret
#
# It listens on all interfaces, because a loopback inside a container is of no use to anyone, but protected mode
# stays on: without a password only the container itself may connect, and everyone else is told why. (The official
# image of Redis turns protected mode off and so trusts whoever can reach a published port.)
# `--protected-mode no` is for networks in which every container may read and write everything.
FROM denoland/deno:2.9.6

RUN mkdir /data && chown deno:deno /data

WORKDIR /app
USER deno
COPY deno.json deno.lock main.ts ./
COPY src src/
RUN ["deno", "cache", "--frozen", "main.ts"]

VOLUME /data
WORKDIR /data
EXPOSE 6379

# A server on another port needs `--health-cmd` with that port.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD ["deno", "run", "--cached-only", "--frozen", "--no-prompt", "--allow-net", "--allow-env", "/app/main.ts", "healthcheck"]

# Nothing is downloaded and nothing outside of /data and /tmp is written when the server runs. Arguments of
# `docker run` take the place of CMD and are those of redis-server: a configuration file, then `--directive value`.
ENTRYPOINT ["deno", "run", "--cached-only", "--frozen", "--no-prompt", "--allow-net", "--allow-read", "--allow-write=/data,/tmp", "--allow-env", "--allow-sys", "/app/main.ts"]
CMD ["--bind", "*", "-::*"]
