# The program alone, for a CI: `src/guide/install.md` says how it is used.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --locked --release --bin proofmark

FROM debian:bookworm-slim
# The certificates of public authorities, for endpoints with https. The newest are the right ones.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/target/release/proofmark /usr/local/bin/proofmark
# A user without a name and without rights, as many clusters ask for. The folder is the one to mount.
WORKDIR /work
RUN chown 65532:65532 /work
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/proofmark"]
