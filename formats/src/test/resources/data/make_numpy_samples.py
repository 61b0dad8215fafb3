"""Writes numpy-*.npz: arrays as NumPy itself stores them (NumPy 2.4.6). Run in this folder."""
import numpy as np

x = np.arange(24, dtype=np.float32).reshape(4, 2, 3) / 8
arrays = dict(
    c=x,
    fortran=np.asfortranarray(x),
    big=np.arange(8, dtype=">i4").reshape(4, 2) - 3,
    bigfloat=(np.arange(8) / 4 - 1).astype(">f8").reshape(4, 2),
    half=(np.arange(4) / 2 - 1).astype(np.float16),
    flags=np.array([True, False, True, True]),
    bytes=np.array([[0, 255], [1, 2], [3, 4], [5, 6]], dtype=np.uint8),
    label=np.array([2, 0, 1, 2]),
)
np.savez("numpy-stored.npz", **arrays)
np.savez_compressed("numpy-deflated.npz", **arrays)
np.savez("numpy-object.npz", x=np.array([{"a": 1}, None], dtype=object))
