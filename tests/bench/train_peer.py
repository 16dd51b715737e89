"""The work of tests/bench/train.rs in PyTorch float32: python3 tests/bench/train_peer.py [batch] [updates] [threads].

Same shape as cat-drums_2bar_small: bidirectional LSTM 512, z 256, decoder 2 x 256 over [one-hot 512; z], KL, Adam
with clipping. torch.nn.LSTM runs whole sequences (teacher forcing), its fastest way.
"""
import sys
import time

import torch
from torch import nn

batch, updates, threads = [int(sys.argv[i]) if len(sys.argv) > i else d for i, d in ((1, 128), (2, 20), (3, 2))]
torch.set_num_threads(threads)
torch.manual_seed(1)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(10, 512, bidirectional=True)
        self.mu, self.sigma = nn.Linear(1024, 256), nn.Linear(1024, 256)
        self.start = nn.Linear(256, 1024)
        self.decoder = nn.LSTM(512 + 256, 256, 2)
        self.out = nn.Linear(256, 512)

    def forward(self, x, tokens):
        _, (h, _) = self.encoder(x)
        e = torch.cat([h[0], h[1]], 1)
        mu, sigma = self.mu(e), nn.functional.softplus(self.sigma(e))
        z = mu + sigma * torch.randn_like(mu)
        kl = (0.5 * (mu * mu + sigma * sigma - 1) - sigma.log()).sum(1)
        c0, h0, c1, h1 = torch.tanh(self.start(z)).chunk(4, 1)
        fed = nn.functional.one_hot(tokens, 512).float().roll(1, 0)
        fed[0] = 0
        steps = torch.cat([fed, z.expand(tokens.shape[0], -1, -1)], 2)
        y, _ = self.decoder(steps, (torch.stack([h0, h1]), torch.stack([c0, c1])))
        ce = nn.functional.cross_entropy(self.out(y).flatten(0, 1), tokens.flatten(), reduction="sum")
        return ce / tokens.shape[1] + 0.2 * (kl - 66.5).clamp(min=0).mean()


model = Vae()
adam = torch.optim.Adam(model.parameters(), 1e-3)
x = (torch.rand(32, batch, 10) < 0.25).float()
tokens = torch.randint(0, 512, (32, batch))


def update():
    adam.zero_grad()
    model(x, tokens).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    adam.step()


update()
times = []
for _ in range(updates):
    start = time.perf_counter()
    update()
    times.append(time.perf_counter() - start)
median = sorted(times)[len(times) // 2]
print(f"PyTorch {torch.__version__}, {threads} threads, batch {batch}: {median * 1e3:.1f} ms an update, {batch / median:.0f} examples/s")
