#!/bin/bash
# Training: time of a step beside PyTorch, a net on Fashion-MNIST from nothing, then binary by ReSTE and by straight-through.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=python with torch] [THREADS=1] [SEEDS="1 2 3"] benchmarks/train.sh [step|float|binary|resnet]...
# Needs the distribution and the samples: ./compressor --help && mvn -q -pl samples -am -DskipTests compile
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the data, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
threads=${THREADS:-1}
out=${OUT:-$(mktemp -d)}
sample() { java -Dthreads="$threads" -cp "$here/../samples/target/classes:$here/../compressor-cli/target/compressor/lib/*" "io.compressor.samples.$@"; }
for half in train test; do
  printf 'kind: npz\nfiles: %s/data/fashion.npz\ncolumns: { x: x_%s }\nlabel: y_%s\n' "$zoo" $half $half > "$out/$half.yaml"
done

step() {
  for round in 1 2; do
    sample TrainStepTime 64 15 "$threads"
    "$python" "$here/peers/train_step.py" 64 15 "$threads"
  done
}

float() {
  # a killed run goes on from $out/float.onnx.checkpoint
  time sample TrainFromScratchSample small "$out/train.yaml" "$out/test.yaml" "$out/float.onnx" 14 64 0.05 2 true 17
}

resnet() {
  # 1.5 hours on one thread; CIFAR-10 with its channels in front
  "$python" -c 'import numpy as np, sys
d = np.load(sys.argv[1])
np.savez(sys.argv[2], **{k: d[k].transpose(0, 3, 1, 2) if k[0] == "x" else d[k] for k in d.files})' "$zoo/data/cifar10.npz" "$out/cifar10.npz"
  for half in train test; do
    printf 'kind: npz\nfiles: %s/cifar10.npz\ncolumns: { x: x_%s }\nlabel: y_%s\n' "$out" $half $half > "$out/cifar-$half.yaml"
  done
  time sample TrainFromScratchSample resnet20 "$out/cifar-train.yaml" "$out/cifar-test.yaml" "$out/resnet20.onnx" 18 64 0.05 4 true 17
}

binary() {
  for seed in ${SEEDS:-1}; do
    for with in "" ", estimator: ste" ", o-end: 10" ", weights-only: true" ", weights-only: true, estimator: ste"; do
      printf 'recipe: 1\nseed: %s\nsteps:\n  - pass: reste\n    with: { objective: both, steps: %s, batch: 64, pad: 2, flip: true%s }\nencoding: { prefer: size }\n' \
        "$seed" "${STEPS:-400}" "$with" > "$out/binary.yaml"
      echo "seed $seed$with"
      "$compressor" compress "$out/float.onnx" -o "$out/binary.onnx" -r "$out/binary.yaml" --data "$out/train.yaml" \
        --threads "$threads" --force --quiet
      stat -c '%s %n' "$out/float.onnx" "$out/binary.onnx"
      "$compressor" evaluate "$out/binary.onnx" --data "$out/test.yaml" --metric top1
    done
  done
}

for part in ${@:-step float binary}; do "$part"; done
