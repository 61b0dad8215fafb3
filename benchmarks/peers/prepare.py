#!/usr/bin/env python3
"""Data and peers' models that the benchmark scripts read, made from the models and data of README.md.
usage: COMPRESSOR_ZOO=DIR prepare.py     (needs numpy, onnx, onnxruntime, tokenizers; writes only what is missing)
 data/nlp/calib_texts.txt     256 texts, see texts.py
 data/cnn_calib.npz           512 training images, evenly spaced; data/cnn_eval.npz: all 10,000 test images with labels
 peers/minilm-ort-dyn-pc.onnx onnxruntime quantize_dynamic, per channel
 peers/cnn-ort-static-*.onnx  onnxruntime quantize_static, QDQ, percentile, per channel, 256 images; rr = the same with reduce_range"""
import os
import subprocess
import sys
import numpy as np

Z = os.environ['COMPRESSOR_ZOO']
HERE = os.path.dirname(os.path.abspath(__file__))
ENC = f'{Z}/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx'
CNN = f'{Z}/models/cifar10_cnn.onnx'


def missing(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return not os.path.exists(path)


def images(x):
    return np.ascontiguousarray(x.astype(np.float32).transpose(0, 3, 1, 2))


if missing(f'{Z}/data/nlp/calib_texts.txt') or missing(f'{Z}/data/nlp/calib_more.txt'):
    subprocess.run([sys.executable, f'{HERE}/texts.py'], check=True)
calib, test = f'{Z}/data/cnn_calib.npz', f'{Z}/data/cnn_eval.npz'
if missing(calib) or missing(test):
    z = np.load(f'{Z}/data/cifar10.npz')
    pick = np.linspace(0, len(z['x_train']) - 1, 512).astype(int)
    np.savez(calib, input=images(z['x_train'][pick]))
    np.savez(test, input=images(z['x_test']), label=z['y_test'].astype(np.int64))

from onnxruntime.quantization import (  # noqa: E402
    CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_dynamic, quantize_static)

out = f'{Z}/peers/minilm-ort-dyn-pc.onnx'
if missing(out):
    quantize_dynamic(ENC, out, per_channel=True, weight_type=QuantType.QInt8)


class Images(CalibrationDataReader):
    def __init__(self):
        self.it = iter([{'input': x[None]} for x in np.load(calib)['input'][:256]])

    def get_next(self):
        return next(self.it, None)


for name, reduced in (('pct', False), ('rr', True)):
    out = f'{Z}/peers/cnn-ort-static-{name}.onnx'
    if missing(out):
        quantize_static(CNN, out, Images(), quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=reduced,
                        calibrate_method=CalibrationMethod.Percentile, activation_type=QuantType.QUInt8,
                        weight_type=QuantType.QInt8)
print('ready')
