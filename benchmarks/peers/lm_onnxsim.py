"""onnxsim's GPTQ (int4, groups of 32, symmetric, its only grid) on the language model that rsq compresses; the head stays in float.

usage: lm_onnxsim.py MODEL.onnx CALIBRATION.npz OUT.onnx [plain]    needs onnx and onnxsim; plain: rounding to nearest, without GPTQ
"""
import sys
import time

import numpy as np
import onnx
import onnx.version_converter
import onnxsim

model = onnx.load(sys.argv[1])
windows = np.load(sys.argv[2])["input_ids"]
graph = model.graph

head = next(n for n in graph.node if "logits" in n.output)
assert head.op_type == "MatMul"
hidden, logits = head.input[0], graph.output[0]
weight = next(t for t in graph.initializer if t.name == head.input[1])
graph.node.remove(head)
graph.initializer.remove(weight)
del graph.output[:]
graph.output.append(onnx.helper.make_tensor_value_info(hidden, onnx.TensorProto.FLOAT, None))

start = time.time()
model = onnx.shape_inference.infer_shapes(onnx.version_converter.convert_version(model, 21))
done = onnxsim.quantize_weight_only_int4(model)
if "plain" not in sys.argv:
    done = onnxsim.apply_gptq(model, done, [{"input_ids": w[None]} for w in windows])
seconds = time.time() - start
int4 = sum(t.data_type == onnx.TensorProto.INT4 for t in done.graph.initializer)

done.graph.node.append(head)
done.graph.initializer.append(weight)
del done.graph.output[:]
done.graph.output.append(logits)
onnx.save(done, sys.argv[3])
print(f"{int4} weights of 4 bits, {len(windows)} windows, {seconds:.0f} s")
