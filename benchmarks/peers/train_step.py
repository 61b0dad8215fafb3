"""Processor time of a training step in PyTorch on the nets of samples/ConvNets, beside TrainStepTime.

usage: train_step.py BATCH STEPS THREADS
"""
import sys, time
import torch, torch.nn as nn, torch.nn.functional as F

batch, steps, threads = map(int, sys.argv[1:4])
torch.set_num_threads(threads)
torch.manual_seed(1)


class Layer(nn.Module):
    def __init__(self, i, o, s=1):
        super().__init__()
        self.c = nn.Conv2d(i, o, 3, s, 1, bias=False)
        self.b = nn.BatchNorm2d(o)

    def forward(self, x):
        return self.b(F.relu(self.c(x)))


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = Layer(1, 16), Layer(16, 32), Layer(32, 64)
        self.d, self.n, self.e = nn.Linear(576, 128), nn.BatchNorm1d(128), nn.Linear(128, 10)

    def forward(self, x):
        x = (x / 127.5 - 1).unsqueeze(1)
        for l in (self.a, self.b, self.c):
            x = F.max_pool2d(l(x), 2)
        return self.e(self.n(F.relu(self.d(x.flatten(1)))))


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, blocks, c = Layer(3, 16), [], 16
        for s in range(3):
            for _ in range(3):
                w = 16 << s
                blocks.append(nn.ModuleList([Layer(c, w, 1 if w == c else 2), Layer(w, w)]))
                c = w
        self.blocks, self.n, self.fc = nn.ModuleList(blocks), nn.BatchNorm1d(64), nn.Linear(64, 10)

    def forward(self, x):
        x = self.stem(x / 127.5 - 1)
        for a, b in self.blocks:
            y = b(a(x))
            if y.shape[1] != x.shape[1]:
                e = (y.shape[1] - x.shape[1]) // 2
                x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, e, e))
            x = y + x
        return self.fc(self.n(x.mean((2, 3))))


for name, net, shape in (("resnet20", ResNet20(), (3, 32, 32)), ("small", Small(), (28, 28))):
    x = torch.randint(0, 256, (batch,) + shape).float()
    y = torch.randint(0, 10, (batch,))
    opt = torch.optim.SGD(net.parameters(), 0.01, 0.9, weight_decay=1e-4)

    def step():
        opt.zero_grad()
        F.cross_entropy(net(x), y).backward()
        opt.step()

    for _ in range(5):
        step()
    t = time.process_time()
    for _ in range(steps):
        step()
    print(f"{name} batch {batch} threads {threads}: {(time.process_time() - t) / steps * 1e3:.1f} ms of processor time a step")
