#!/bin/bash
# SmolLM2: rsq beside its own baselines on the same windows; time, memory, speed, resume.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] [WORK=DIR] benchmarks/llm.sh PART...
#   chain BITS GROUP SEED METHOD...   perplexity; rtn, gptq, rot (rotation and GPTQ), rsq, or a score such as first-n; weights only, blocks only
#   preset NAME                       a whole run with 128 x 256 tokens: seconds, peak memory, perplexity, speed
#   memory                            llm-w4 with --memory 1GiB: peak memory
#   kill                              kill -9 at five moments, resume, compare bytes with an undisturbed run
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
model=${MODEL:-$zoo/models/smollm2/model_degrid.onnx}
work=${WORK:-$(mktemp -d)}
[ -f "$work/cal-19.npz" ] || "$python" "$here/peers/lm_windows.py" "$zoo/models/smollm2/tokenizer.json" "$zoo/data/text/lee_background.txt" "$work"

perplexity() { "$python" "$here/peers/lm_nll.py" "$1" "$work/lm_eval.npz" "$work/$2.npy"; }

case ${1:?part} in
  chain)
    bits=$2 group=$3 seed=$4
    shift 4
    for method in "$@"; do
      case $method in
        rtn) how="method: rtn, rotate: false, importance: none" ;;
        gptq) how="rotate: false, importance: none" ;;
        rot) how="importance: none" ;;
        rsq) how="importance: attention" ;;
        *) how="importance: $method" ;;
      esac
      name=$bits-$group-$seed-$method
      cat > "$work/$name.yaml" << Y
recipe: 1
seed: $seed
steps:
  - pass: rsq
    with: { bits: $bits, group: $group, activations: none, head: 0, embeddings: 0, $how ${EXTRA:-}}
encoding: { prefer: size }
Y
      "$compressor" compress "$model" -o "$work/$name.onnx" --force -r "$work/$name.yaml" --data "$work/cal-$seed.npz" --memory 4GiB --quiet > "$work/$name.log"
      echo "W$bits g$group seed $seed $method: $(perplexity "$work/$name.onnx" "$name"), $(stat -c %s "$work/$name.onnx") bytes"
      rm "$work/$name.onnx"
    done
    ;;
  preset)
    /usr/bin/time -f '%e s, %M KiB at most' "$compressor" compress "$model" -o "$work/$2.onnx" --force -p "$2" --data "$work/lm_cal128.npz" --quiet
    perplexity "$work/$2.onnx" "$2"
    for shape in 1x1 1x256; do
      for threads in 1 2; do
        "$compressor" bench "$model" "$work/$2.onnx" --shape input_ids=$shape --threads $threads --no-memory --quiet
      done
    done
    ;;
  memory)
    /usr/bin/time -f '%e s, %M KiB at most' "$compressor" compress "$model" -o "$work/memory.onnx" --force -p llm-w4 --data "$work/lm_cal16.npz" --memory 1GiB --quiet
    ;;
  kill)
    run() { "$compressor" compress "$model" -o "$work/$1.onnx" --force -p llm-w4 --data "$work/lm_cal16.npz" --memory 4GiB --workspace "$work/ws-$1" --quiet; }
    rm -rf "$work"/ws-*
    run undisturbed > /dev/null
    for moment in ${MOMENTS:-31 22 13 27 18}; do
      timeout -s KILL "$moment" "$compressor" compress "$model" -o "$work/killed.onnx" --force -p llm-w4 --data "$work/lm_cal16.npz" --memory 4GiB --workspace "$work/ws-killed" --quiet > /dev/null 2>&1 || true
      echo "killed after $moment s: $(find "$work/ws-killed/sites" -name '*.site' 2> /dev/null | wc -l) finished sites"
    done
    run killed | grep -i resumed
    cmp "$work/undisturbed.onnx" "$work/killed.onnx" && echo "the same bytes"
    ;;
esac
