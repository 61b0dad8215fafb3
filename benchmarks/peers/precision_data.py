#!/usr/bin/env python3
"""Calibration data with labels for precision.sh. usage: precision_data.py cnn|minilm|efficientnet ZOO OUT"""
import csv,random,sys,numpy as np
which,zoo,out=sys.argv[1:4]
if which in('cnn','efficientnet'):
    z=np.load(f'{zoo}/data/cifar10.npz');n=10000 if which=='cnn' else 512
    x=z['x_test'][:n].astype(np.float32).transpose(0,3,1,2);y=z['y_test'][:n].astype(np.int64)
    if which=='cnn': np.savez(f'{out}/cnn.npz',input=x,label=y)
    else: np.savez(f'{out}/efficientnet.npz',input=((np.repeat(np.repeat(x,3,2),3,3)-127)/128).astype(np.float32))
else:
    L=[l.rstrip('\n') for l in open(f'{zoo}/data/nlp/question_labels.txt',encoding='utf8',errors='replace') if ':' in l];L=sorted(set(L));random.Random(1).shuffle(L)
    rows=[l.split(' ',1)[1] for l in L][2500:3500]  # neither the probe's training nor its test questions
    rows+= [l.rstrip('\n') for l in open(f'{zoo}/data/nlp/calib_texts.txt',encoding='utf8')]
    random.Random(2).shuffle(rows)
    with open(f'{out}/minilm.csv','w',newline='',encoding='utf8') as f:
        w=csv.writer(f);w.writerow(['text']);w.writerows([r] for r in rows)
    tok=f'{zoo}/models/all-minilm-l6-v2/all-minilm-l6-v2-tokenizer.json'
    open(f'{out}/minilm.yaml','w').write(f'kind: text\nfiles: {out}/minilm.csv\ntext: text\ntokenizer: {tok}\nlength: 64\n')
