#!/bin/bash -eu
# Builds every fuzz target with its seeds, its dictionary and its limits, as ClusterFuzzLite wants them.
cd "$SRC/proofmark"
cargo fuzz build -O --debug-assertions
for source in fuzz/fuzz_targets/*.rs; do
  target=$(basename "$source" .rs)
  cp "fuzz/target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
  cp fuzz/dict/contract.dict "$OUT/$target.dict"
  # What was found once is a seed, too.
  inputs=("fuzz/seeds/$target")
  [ ! -d "fuzz/regressions/$target" ] || inputs+=("fuzz/regressions/$target")
  zip -q -j -r "$OUT/${target}_seed_corpus.zip" "${inputs[@]}"
  printf '[libfuzzer]\nmax_len = 4096\ntimeout = 10\nrss_limit_mb = 2048\n' >"$OUT/$target.options"
done
