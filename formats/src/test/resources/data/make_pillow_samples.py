"""Writes pillow-resize.npz: what Pillow's bilinear resize gives (Pillow 13.0.0). Run in this folder."""
import numpy as np
from PIL import Image

y, x, c = np.mgrid[0:17, 0:23, 0:3]
picture = ((x * 37 + y * 91 + c * 53 + x * y * 5) & 255).astype(np.uint8)
image = Image.fromarray(picture)
sizes = dict(down=(7, 9), up=(40, 31), columns=(11, 17))
arrays = {k: np.asarray(image.resize(s, Image.BILINEAR)) for k, s in sizes.items()}
# Columns first; in one call Pillow 13 takes rows first for this shape.
arrays["wide"] = np.asarray(image.resize((46, 17), Image.BILINEAR).resize((46, 5), Image.BILINEAR))
arrays["gray"] = np.asarray(image.convert("L"))
np.savez_compressed("pillow-resize.npz", **arrays)
