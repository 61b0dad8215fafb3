#!/usr/bin/env python3
"""cosine.py BASE.onnx CAND.onnx TOKENIZER.json [--texts 200] [--set new|baseline] [--maxlen 128] [--threads 1]
Mean cosine of the mean-pooled last hidden state (batch 1, natural length, no padding) and mean per-token cosine, CAND against BASE, on texts that are neither scored nor used for calibration.
--set new (default): LAST N of the seeded shuffle (texts.py). --set baseline: 200 reserved texts."""
import argparse,numpy as np,onnxruntime as ort,os,sys
from tokenizers import Tokenizer
sys.path.insert(0,os.path.dirname(os.path.abspath(__file__))); import texts as X
ap=argparse.ArgumentParser(); ap.add_argument('base'); ap.add_argument('cand'); ap.add_argument('tok'); ap.add_argument('--texts',type=int,default=200); ap.add_argument('--set',default='new',choices=['new','baseline']); ap.add_argument('--maxlen',type=int,default=128); ap.add_argument('--threads',type=int,default=1); a=ap.parse_args()
tk=Tokenizer.from_file(a.tok); tk.no_padding(); tk.no_truncation()
T=X.unseen(a.texts) if a.set=='new' else X.baseline()[1][:a.texts]
def ses(p):
    so=ort.SessionOptions(); so.intra_op_num_threads=a.threads; so.log_severity_level=3; so.add_session_config_entry('session.intra_op.allow_spinning','0'); return ort.InferenceSession(p,so,providers=['CPUExecutionProvider'])
def run(s,i):
    ids=np.array([i],np.int64); f={v.name:(ids if 'ids' in v.name and 'type' not in v.name else np.ones_like(ids) if 'mask' in v.name else np.zeros_like(ids)) for v in s.get_inputs()}
    return next(o for o in s.run(None,f) if o.ndim==3 and o.dtype==np.float32)[0].astype(np.float64)
cos=lambda p,q:(p*q).sum(-1)/np.maximum(np.linalg.norm(p,axis=-1)*np.linalg.norm(q,axis=-1),1e-12)
A,B=ses(a.base),ses(a.cand); cp,ct,er,sg=[],[],0.,0.
for t in T:
    i=tk.encode(t).ids; i=i if len(i)<=a.maxlen else i[:a.maxlen-1]+[i[-1]]; p,q=run(A,i),run(B,i); cp.append(cos(p.mean(0),q.mean(0))); ct.append(cos(p,q).mean()); er+=((p-q)**2).sum(); sg+=(p**2).sum()
if not np.isfinite(cp).all(): print('WARNING: non-finite outputs')
print(f'RESULT {os.path.basename(a.cand)} set={a.set} n={len(cp)} cos_pooled {np.mean(cp):.5f} (min {np.min(cp):.4f}, p5 {np.quantile(cp,.05):.4f}) cos_token {np.mean(ct):.5f} sqnr {10*np.log10(sg/max(er,1e-30)):.2f} dB')
