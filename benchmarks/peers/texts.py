"""Text split shared by cosine.py: pool = unique amazon/nyt/tweet texts, minus 456 texts reserved for another comparison, seeded shuffle.
 FIRST 256 of the pool -> calibration (data/nlp/calib_texts.txt), FIRST 2048 -> calibration of what learns (data/nlp/calib_more.txt), LAST 200 -> evaluation ('new' set).  'baseline' set = 200 of the reserved texts; disjoint from both sets."""
import os,random,re
NLP=os.path.join(os.environ['COMPRESSOR_ZOO'],'data','nlp')
def _raw(f): return [l.rstrip('\n').split('\t')[-1] for l in open(f'{NLP}/{f}',encoding='utf8',errors='replace')][1:]
F=('amazonReviewSnippets_GroundTruth.txt','nytEditorialSnippets_GroundTruth.txt','tweets_GroundTruth.txt')
norm=lambda t:re.sub(r'\s+',' ',t).strip()
def baseline():
    """the reserved texts: (calib 256, unseen 200)"""
    a,n,t=map(_raw,F); r=random.Random(11); [r.shuffle(x) for x in (a,n,t)]; c=a[:128]+n[:128]; r.shuffle(c); return c,a[200:270]+n[200:270]+t[:60]
def pool(seed=20261124):
    c,u=baseline(); ban={norm(x) for x in c+u}; P=sorted({norm(x) for f in F for x in _raw(f)}-ban); P=[p for p in P if len(p)>=10]; random.Random(seed).shuffle(P); return P
def calib(n=256): return pool()[:n]
def unseen(n=200): P=pool(); assert n<=len(P)-256; return P[-n:]
if __name__=='__main__':
    open(f'{NLP}/calib_more.txt','w',encoding='utf8',newline='\n').write('\n'.join(calib(2048))+'\n'); assert not set(calib(2048))&set(unseen())
    C=calib(); U=unseen(); assert not set(C)&set(U) and not {norm(x) for x in baseline()[1]}&set(C) and all('\n' not in x for x in C)
    open(f'{NLP}/calib_texts.txt','w',encoding='utf8',newline='\n').write('\n'.join(C)+'\n'); print(len(pool()),'texts in pool;',len(C),'calib written;',len(U),'unseen')
