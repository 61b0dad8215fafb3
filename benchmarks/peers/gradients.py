#!/usr/bin/env python3
"""gradients.py MODEL.onnx GRADIENTS.onnx [--shape 2x32 | --batch 4] [--directions 20] [--torch] [--time] [--threads 2] [--rounds 10] [--profile]
Checks a gradient model written by the test class io.compressor.autodiff.GradientDump (which see for the command line) on ONNX Runtime.
Default: (f(w+hv)-f(w-hv))/2h of MODEL's own forward (f = sum output*seed, h.v relative to |w|) against the gradient's dot product, along random directions.
--torch: gradients of every parameter against PyTorch's autograd through onnx2torch.  --time: ms of forward, forward+backward here and forward+backward in PyTorch, interleaved."""
import argparse,time,collections,json,os,tempfile,numpy as np,onnx,onnxruntime as ort
from onnx import numpy_helper as nh
ap=argparse.ArgumentParser(); ap.add_argument('model'); ap.add_argument('gradients'); ap.add_argument('--shape',default='2x32'); ap.add_argument('--batch',type=int,default=4)
ap.add_argument('--directions',type=int,default=20); ap.add_argument('--torch',action='store_true'); ap.add_argument('--time',action='store_true'); ap.add_argument('--profile',action='store_true')
ap.add_argument('--threads',type=int,default=2); ap.add_argument('--rounds',type=int,default=10); ap.add_argument('--step',type=float,default=1e-2); a=ap.parse_args()
rng=np.random.default_rng(0)
def ses(m,prof=None):
    so=ort.SessionOptions(); so.intra_op_num_threads=a.threads; so.log_severity_level=3
    if prof: so.enable_profiling=True; so.profile_file_prefix=prof
    return ort.InferenceSession(m if isinstance(m,(str,bytes)) else m.SerializeToString(),so,providers=['CPUExecutionProvider'])
M=onnx.load(a.model); W={t.name:t for t in M.graph.initializer}
G=ses(a.gradients); outs=[o.name for o in G.get_outputs()]; y=outs[0]; D={o.split('/d/',1)[1]:o for o in outs[1:]}
P={p:nh.to_array(W[p]).copy() for p in D}
def feed(v):
    d=[x if isinstance(x,int) else None for x in v.shape]
    if 'int' in v.type:
        b,l=map(int,a.shape.split('x')); i=rng.integers(1000,30000,(b,l))
        if 'position' in v.name: i=np.tile(np.arange(l),(b,1))
        if 'mask' in v.name: i=np.ones_like(i); i[-1,-l//4:]=0
        return (i*0 if 'type' in v.name else i).astype(np.int64)
    b,l=map(int,a.shape.split('x'))
    if 'past' in v.name: return np.zeros([b,d[1],0,d[3]],np.float32)
    d[0]=d[0] if isinstance(d[0],int) and d[0]>0 else a.batch
    return rng.standard_normal([x or 32 for x in d]).astype(np.float32)
own={i.name for i in G.get_inputs()}
F={v.name:feed(v) for v in G.get_inputs() if v.name not in P and v.name!='seed'}
seed_shape=None
# the model's own forward with parameters as inputs
X=onnx.ModelProto(); X.CopyFrom(M); keep=[t for t in X.graph.initializer if t.name not in P]; del X.graph.initializer[:]; X.graph.initializer.extend(keep)
have={i.name for i in X.graph.input}
for p in P:
    if p not in have: X.graph.input.append(onnx.helper.make_tensor_value_info(p,1,P[p].shape))
o=[v for v in X.graph.output if v.name==y]; del X.graph.output[:]; X.graph.output.extend(o)
fw=ses(X); fin={i.name for i in fw.get_inputs()}
only=lambda f:{k:v for k,v in f.items() if k in fin}
y0=fw.run(None,only({**F,**P}))[0]; seed=rng.standard_normal(y0.shape).astype(np.float32)/np.float32(np.sqrt(y0.size))
A={**F,**P,'seed':seed}; R=dict(zip(outs,G.run(None,A))); g={p:R[D[p]] for p in D}
print('forward', np.abs(R[y]-y0).max(), 'parameters',len(P),flush=True)
worst=0
for k in range(a.directions):
    v={p:(rng.standard_normal(w.shape)*np.abs(w).mean()).astype(np.float32) for p,w in P.items()}
    dot=sum(np.vdot(v[p].astype(np.float64),g[p].astype(np.float64)) for p in P)
    def at(h): return float(np.vdot(fw.run(None,only({**F,**{p:P[p]+np.float32(h)*v[p] for p in P}}))[0].astype(np.float64),seed.astype(np.float64)))
    # Richardson of two steps: the curvature along random directions of all weights is large
    h=a.step; d1=(at(h)-at(-h))/(2*h); d2=(at(h/2)-at(-h/2))/h; d=(4*d2-d1)/3
    norm=np.sqrt(sum(np.vdot(g[p],g[p]) for p in P)*sum(np.vdot(v[p],v[p]) for p in P)); worst=max(worst,abs(d-dot)/max(abs(dot),1e-12)); print(f'  dir {k}: difference {d:.7g} gradient {dot:.7g} relative {abs(d-dot)/max(abs(dot),1e-12):.2e} of |g||v| {abs(d-dot)/norm:.2e}',flush=True)
if a.directions: print(f'worst relative {worst:.2e}')
if a.torch or a.time:
    import torch; from onnx2torch import convert
    torch.set_num_threads(a.threads); T=convert(a.model); T.eval()
    names=[i.name for i in M.graph.input if i.name not in W]; args=[torch.from_numpy(F[n]) for n in names]
    ts=torch.from_numpy(seed)
    # parameters by value: onnx2torch renames and transposes them
    pool=dict(T.named_parameters()); pool.update(T.named_buffers()); by={}
    for tr in (False,True): # as it is first: a tied head is the embedding's transpose by value, with a gradient of its own
        for t in pool.values():
            if t.dtype==torch.float32 and (not tr or t.ndim==2):
                z=t.detach().numpy(); z=z.T if tr else z; by.setdefault((z.shape,z.tobytes()[:64],z.tobytes()[-64:]),(t,tr))
    match={}
    for p,w in P.items():
        m=by.get((w.shape,w.tobytes()[:64],w.tobytes()[-64:]))
        if m: match[p]=m
    for t,_ in match.values(): t.requires_grad_(True)
    def pt():
        for t,_ in match.values(): t.grad=None
        r=T(*args); r=r if torch.is_tensor(r) else r[[o.name for o in M.graph.output].index(y)]
        (r*ts).sum().backward(); return r
    r=pt(); print('torch forward differs by',float(np.abs(r.detach().numpy()-y0).max()),'matched',len(match),'of',len(P))
    e={}
    for p,(t,tr) in match.items():
        q=t.grad.numpy(); q=q.T if tr else q; e[p]=float(np.abs(q-g[p]).max()/np.abs(q).max())
    for p in sorted(e,key=e.get,reverse=True)[:3]: print(f'   {p} {e[p]:.2e}')
    print(f'worst error relative to the largest of a gradient {max(e.values()):.2e}')
if a.time:
    b=[[],[],[]]
    for k in range(a.rounds+2):
        for j,f in enumerate((lambda:fw.run(None,only(A)),lambda:G.run(None,A),pt)):
            t=time.perf_counter(); f(); b[j].append(time.perf_counter()-t)
    m=[np.median(x[2:])*1e3 for x in b]; print(f'forward {m[0]:.1f} ms, forward+backward {m[1]:.1f} ms = {m[1]/m[0]:.2f} forwards, PyTorch {m[2]:.1f} ms, ratio to PyTorch {m[1]/m[2]:.2f} | min {[round(min(x)*1e3,1) for x in b]} load {os.getloadavg()[0]:.1f}')
if a.profile:
    s=ses(a.gradients,tempfile.mkdtemp()+'/p')
    for k in range(4): s.run(None,A)
    c=collections.Counter(); n=collections.Counter()
    for ev in json.load(open(s.end_profiling())):
        if ev.get('cat')=='Node' and ev['name'].endswith('kernel_time'):
            sh=str([list(q.values())[0] for q in ev['args'].get('input_type_shape',[])]) ; key=ev['args']['op_name']; c[key]+=ev['dur']; n[key]+=1; c[key+' '+sh]+=ev['dur']; n[key+' '+sh]+=1
    tot=sum(v for k,v in c.items() if ' ' not in k)
    for k,v in [x for x in c.most_common() if ' ' not in x[0]][:22]: print(f'{k:24s} {v/4000:8.2f} ms {n[k]//4:5d}')
    for k,v in [x for x in c.most_common() if ' ' in x[0]][:30]: print(f'   {v/4000:8.2f} ms {n[k]//4:4d} {k}')
    print(f'sum {tot/4000:.1f} ms')
