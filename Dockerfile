# redeno as one executable in an image that holds nothing else to run: no shell, no package manager, no root.
#
#   docker build -t redeno .
#   docker run --name redeno -p 6379:6379 -v redeno:/data redeno --requirepass secret
#   docker exec -it redeno redis-cli -a secret
#
# It listens on all interfaces, because a loopback inside a container is of no use to anyone, but protected mode
# stays on: without a password only the container itself may connect, and everyone else is told why. (The official
# image of Redis turns protected mode off and so trusts whoever can reach a published port.)
# `--protected-mode no` is for networks in which every container may read and write everything.
FROM denoland/deno:2.9.6 AS build

WORKDIR /app
COPY deno.json deno.lock main.ts ./
COPY scripts scripts/
COPY src src/
# Downloads what the executable is made from, and tries it. Links named after the programs of Redis are those programs.
RUN ["deno", "task", "compile"]
WORKDIR /image/data
WORKDIR /image/bin
RUN ["cp", "/app/dist/redeno", "redeno"]
RUN ["ln", "-s", "redeno", "redis-server"]
RUN ["ln", "-s", "redeno", "redis-cli"]
RUN ["ln", "-s", "redeno", "redis-benchmark"]
RUN ["ln", "-s", "redeno", "redis-check-aof"]
RUN ["ln", "-s", "redeno", "redis-check-rdb"]

# The C library that Deno's runtime needs, certificates, and a user without rights.
FROM gcr.io/distroless/cc-debian12:nonroot

COPY --from=build /image/bin/ /usr/local/bin/
COPY --from=build --chown=nonroot:nonroot /image/data /data

USER nonroot
VOLUME /data
WORKDIR /data
EXPOSE 6379

# A server on another port needs another check, of a form without a shell, such as compose has.
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 CMD ["redeno", "healthcheck"]

# Nothing outside of /data and /tmp is written. Arguments of `docker run` are those of redis-server: a configuration file,
# then `--directive value`; or another program: `docker run redeno redis-cli -h server ping`.
ENTRYPOINT ["redeno"]
