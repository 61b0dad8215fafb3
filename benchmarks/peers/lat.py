#!/usr/bin/env python3
"""lat.py [--threads 1] [--rounds 40] [--shape 1x128 | --batch 32] [--reps auto|N] [NAME=]A.onnx [NAME=]B.onnx ...
Interleaved latency, all files in one process, random order each round, spinning off. Prints median ms of each file and speed against the first: median(first)/median(x) [quartiles of the per-round ratio].
Text models (int inputs): --shape BxS (may be a comma list: 1x16,1x128,8x128).  Image models (float input NCHW): --batch B (comma list: 1,32).  > 1 is faster than the first file. Also prints the A/A noise when --aa is given (first file loaded twice)."""
import argparse,time,os,numpy as np,onnxruntime as ort
ap=argparse.ArgumentParser(); ap.add_argument('models',nargs='+'); ap.add_argument('--threads',type=int,default=1); ap.add_argument('--rounds',type=int,default=40); ap.add_argument('--shape',default='1x128'); ap.add_argument('--batch',default='1'); ap.add_argument('--reps',default='auto'); ap.add_argument('--aa',action='store_true'); ap.add_argument('--seed',type=int,default=0); a=ap.parse_args()
M=[(x.split('=',1) if '=' in x and not os.path.exists(x) else [os.path.basename(x).removesuffix('.onnx'),x]) for x in a.models]
if a.aa: M.insert(1,['A/A',M[0][1]])
def ses(p):
    so=ort.SessionOptions(); so.intra_op_num_threads=a.threads; so.inter_op_num_threads=1; so.log_severity_level=3; so.add_session_config_entry('session.intra_op.allow_spinning','0'); return ort.InferenceSession(p,so,providers=['CPUExecutionProvider'])
S=[(n,ses(p)) for n,p in M]; g=np.random.default_rng(a.seed); isint=S[0][1].get_inputs()[0].type.startswith('tensor(int')
def feed(s,c):
    r=np.random.default_rng(1)
    if isint:
        b,l=map(int,c.split('x')); i=r.integers(1000,30000,(b,l)); return {v.name:(i if 'ids' in v.name and 'type' not in v.name else np.ones_like(i) if 'mask' in v.name else np.zeros_like(i)).astype(np.int64 if 'int64' in v.type else np.int32) for v in s.get_inputs()}
    f={}
    for v in s.get_inputs():
        d=[x if isinstance(x,int) else None for x in v.shape]; d[0]=int(c); d=[x or 32 for x in d]; f[v.name]=(r.random(d)*255).astype(np.float32)
    return f
for c in (a.shape if isint else a.batch).split(','):
    F=[feed(s,c) for _,s in S]
    t0=time.perf_counter()
    for _ in range(3): S[0][1].run(None,F[0])
    one=(time.perf_counter()-t0)/3; reps=int(a.reps) if a.reps!='auto' else int(np.clip(round(.01/one),1,20)); T=np.zeros((a.rounds+2,len(S)))
    for r in range(a.rounds+2):
        for j in g.permutation(len(S)):
            t0=time.perf_counter()
            for _ in range(reps): S[j][1].run(None,F[j])
            T[r,j]=(time.perf_counter()-t0)/reps
    T=T[2:]; m=np.median(T,0); q=T[:,:1]/T
    print(f"{'BxS ' if isint else 'batch '}{c} t{a.threads} rounds {a.rounds} reps {reps} load {os.getloadavg()[0]:.1f} | {S[0][0]} {m[0]*1e3:.2f} ms",flush=True)
    for j in range(1,len(S)): print(f'   {S[j][0]:32s} {m[j]*1e3:9.2f} ms  {m[0]/m[j]:.3f}x [{np.quantile(q[:,j],.25):.3f}-{np.quantile(q[:,j],.75):.3f}]  min/min {T[:,0].min()/T[:,j].min():.3f}x',flush=True)
