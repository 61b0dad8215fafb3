"""Independent half of the round trip: gathers models and compares what came back by protobuf.

  roundtrip.py gather DIR MODEL...   links the models and everything in the `onnx` package's backend
                                     test data (files of the package, and the node cases that newer
                                     packages keep as code) below DIR
  roundtrip.py compare IN OUT LOG    LOG is what RoundTrip.java printed
  roundtrip.py big DIR               a model of five tensors of 1 GiB in external data (sparse files)
  roundtrip.py compare-big IN OUT    structure by protobuf, weights byte by byte
"""
import collections
import os
import pathlib
import sys

import onnx
from onnx import TensorProto, helper

GIB = 1 << 30
PIECE = 1 << 24


def gather(folder, *models):
    folder = pathlib.Path(folder)
    for model in map(pathlib.Path, models):
        target = folder / "zoo" / model.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(model.resolve())
    data = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
    files = sorted(data.rglob("*.onnx"))
    for file in files:
        target = folder / "files" / file.relative_to(data)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(file)
    from onnx.backend.test.case.node import collect_testcases

    seen = collections.Counter()
    for case in collect_testcases():
        if case.model is None:
            continue
        seen[case.name] += 1
        suffix = "" if seen[case.name] == 1 else f"-{seen[case.name]}"
        target = folder / "node" / (case.name + suffix) / "model.onnx"
        target.parent.mkdir(parents=True)
        target.write_bytes(case.model.SerializeToString())
    print(f"gathered: {len(models)} given, {len(files)} files, {sum(seen.values())} node cases"
          f" of onnx {onnx.__version__}")


def parsed(path):
    model = onnx.ModelProto()
    model.ParseFromString(path.read_bytes())
    return model


def compare(before, after, log):
    before, after = pathlib.Path(before), pathlib.Path(after)
    count, rest = collections.Counter(), []
    for line in open(log, encoding="utf-8"):
        kind, _, tail = line.rstrip("\n").partition("\t")
        if kind not in ("ok", "failed"):
            print(line.rstrip("\n"))
            continue
        name, _, reason = tail.partition("\t")
        group = name.split("/")[0]
        count[group, "models"] += 1
        if kind == "failed":
            rest.append(f"not read: {name}: {reason}")
            continue
        count[group, "read"] += 1
        a, b = parsed(before / name), parsed(after / name)
        # Equality of messages calls NaN unequal to itself; equal canonical bytes do not.
        if a == b or a.SerializeToString(deterministic=True) == b.SerializeToString(deterministic=True):
            count[group, "equal"] += 1
        else:
            rest.append(f"not equal: {name}: {difference(a, b)}")
    columns = ["models", "read", "equal"]
    for group in sorted({g for g, _ in count}):
        print(group + ": " + ", ".join(f"{c} {count[group, c]}" for c in columns))
    print("all: " + ", ".join(f"{c} {sum(v for (g, k), v in count.items() if k == c)}" for c in columns))
    print("\n".join(rest) if rest else "the rest: none")
    return 1 if rest else 0


def difference(a, b, where="model"):
    if type(a) is not type(b):
        return f"{where}: {type(a).__name__} became {type(b).__name__}"
    if hasattr(a, "ListFields"):
        left, right = ({f.name: v for f, v in m.ListFields()} for m in (a, b))
        if left.keys() != right.keys():
            return f"{where}: fields {sorted(left.keys() ^ right.keys())} on one side only"
        for name in left:
            if left[name] != right[name]:
                return difference(left[name], right[name], f"{where}.{name}")
    elif not isinstance(a, (bytes, str, int, float)):
        if len(a) != len(b):
            return f"{where}: {len(a)} entries became {len(b)}"
        for i, (x, y) in enumerate(zip(a, b)):
            if x != y:
                return difference(x, y, f"{where}[{i}]")
    return f"{where}: {str(a)[:60]!r} became {str(b)[:60]!r}"


def big(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors, nodes, rows = [], [], 1 << 14
    with open(folder / "big.weights", "wb") as data:
        data.truncate(5 * GIB)
        for i in range(5):
            tensor = TensorProto(name=f"w{i}", data_type=TensorProto.FLOAT, dims=[rows, rows])
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in ("location", "big.weights"), ("offset", i * GIB), ("length", GIB):
                tensor.external_data.add(key=key, value=str(value))
            tensors.append(tensor)
            nodes.append(helper.make_node("MatMul", [f"x{i}", f"w{i}"], [f"x{i + 1}"], name=f"m{i}"))
            # Marks at both ends and in the middle: zeros alone would hide a shifted copy.
            for offset in (0, GIB // 2 + 4096 * i, GIB - 4096):
                data.seek(i * GIB + offset)
                data.write(bytes((offset + 31 * i + k) % 251 for k in range(4096)))
    value = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["n", rows]) for n in ("x0", "x5")]
    graph = helper.make_graph(nodes, "big", value[:1], value[1:], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / "big.onnx").write_bytes(model.SerializeToString())


def place(folder, tensor):
    entry = {e.key: e.value for e in tensor.external_data}
    return folder / entry["location"], int(entry.get("offset", 0)), int(entry["length"])


def compare_big(before, after):
    paths = pathlib.Path(before), pathlib.Path(after)
    models = [parsed(p) for p in paths]
    for a, b in zip(models[0].graph.initializer, models[1].graph.initializer, strict=True):
        (fa, oa, na), (fb, ob, nb) = place(paths[0].parent, a), place(paths[1].parent, b)
        if na != nb:
            sys.exit(f"{a.name}: {na} bytes became {nb}")
        with open(fa, "rb") as x, open(fb, "rb") as y:
            x.seek(oa), y.seek(ob)
            for k in range(0, na, PIECE):
                if x.read(min(PIECE, na - k)) != y.read(min(PIECE, na - k)):
                    sys.exit(f"{a.name}: bytes differ after {k}")
        a.ClearField("external_data"), b.ClearField("external_data")
    if models[0] != models[1]:
        sys.exit(difference(*models))
    print("equal: structure by protobuf, every byte of the weights;"
          f" {sum(os.path.getsize(p) for p in paths[1].parent.iterdir())} bytes written")


if __name__ == "__main__":
    command = {"gather": gather, "compare": compare, "big": big, "compare-big": compare_big}
    sys.exit(command[sys.argv[1]](*sys.argv[2:]))
