#!/usr/bin/env python3
"""What `r1reward bench` compares itself with: a Qwen2.5-shaped decoder in PyTorch alone, on random weights.

Decoding writes into a cache that is allocated once and attends per key-value head; training takes steps of AdamW with
clipping; a step samples, asks a frozen reference and learns. Prints one line of JSON: tokens per second, the peak of
resident memory and PyTorch's version. Ends with code 3 where there is no PyTorch. Any PyTorch from 1.13 on.

  peer.py rollout|train|step --hidden 128 --layers 4 --heads 4 --kv-heads 2 --ffn 384 --vocabulary 1024 ...
"""
import argparse
import json
import math
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(3)


class Model:
    def __init__(self, o, dtype):
        self.o, self.size = o, o.hidden // o.heads
        self.group = o.heads // o.kv_heads

        def matrix(rows, columns):
            return (0.02 * torch.randn(rows, columns)).to(dtype)

        wide = (o.heads + 2 * o.kv_heads) * self.size
        self.embedding = matrix(o.vocabulary, o.hidden)
        self.last = torch.ones(o.hidden, dtype=dtype)
        self.layers = [
            [torch.ones(o.hidden, dtype=dtype), matrix(wide, o.hidden), torch.zeros(wide, dtype=dtype),
             matrix(o.hidden, o.hidden), torch.ones(o.hidden, dtype=dtype), matrix(2 * o.ffn, o.hidden),
             matrix(o.hidden, o.ffn)]
            for _ in range(o.layers)]
        rates = 1e6 ** (-torch.arange(0, self.size, 2).float() / self.size)
        angles = torch.arange(4096).float()[:, None] * rates
        self.cos = torch.cat([angles.cos()] * 2, -1).to(dtype)
        self.sin = torch.cat([-angles.sin(), angles.sin()], -1).to(dtype)

    def parameters(self):
        return [self.embedding, self.last] + [p for layer in self.layers for p in layer]

    def norm(self, x, weight):
        wide = x.float()
        return (wide * torch.rsqrt((wide * wide).mean(-1, keepdim=True) + 1e-6)).to(x.dtype) * weight

    def split(self, x, layer, first):
        """Queries, keys and values of tokens (B, T, C), heads before tokens, rotated from position `first` on."""
        rows, tokens, _ = x.shape
        norm, weight, bias = layer[:3]
        qkv = F.linear(self.norm(x, norm), weight, bias).view(rows, tokens, -1, self.size)
        turned = qkv[:, :, :self.o.heads + self.o.kv_heads]
        cos, sin = (t[first:first + tokens].view(1, tokens, 1, self.size) for t in (self.cos, self.sin))
        turned = turned * cos + turned.roll(self.size // 2, -1) * sin
        q, k = turned.split([self.o.heads, self.o.kv_heads], 2)
        return q.transpose(1, 2), k.transpose(1, 2), qkv[:, :, -self.o.kv_heads:].transpose(1, 2)

    def finish(self, x, attended, layer):
        x = x + F.linear(attended, layer[3])
        gate, up = F.linear(self.norm(x, layer[4]), layer[5]).chunk(2, -1)
        return x + F.linear(F.silu(gate) * up, layer[6])

    def whole(self, ids, keep=None):
        """Last states (B, T, C) of whole sequences; `keep` takes the keys and values of each layer."""
        x = F.embedding(ids, self.embedding)
        rows, tokens, _ = x.shape
        mask = torch.full((tokens, tokens), -1e9, dtype=x.dtype).triu(1)
        for number, layer in enumerate(self.layers):
            q, k, v = self.split(x, layer, 0)
            if keep:
                keep(number, k, v)
            k, v = (t.repeat_interleave(self.group, 1) for t in (k, v))
            if hasattr(F, "scaled_dot_product_attention"):
                y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            else:
                scores = torch.matmul(q * (1 / math.sqrt(self.size)), k.transpose(-1, -2))
                y = torch.matmul((scores + mask).softmax(-1), v)
            x = self.finish(x, y.transpose(1, 2).reshape(rows, tokens, -1), layer)
        return self.norm(x, self.last)

    def one(self, ids, cache, at):
        """Last states (B, C) of one new token per sequence, at a position that all share."""
        x = F.embedding(ids, self.embedding)
        rows = x.shape[0]
        for layer, (keys, values) in zip(self.layers, cache):
            q, k, v = self.split(x, layer, at)
            keys[:, :, at:at + 1] = k
            values[:, :, at:at + 1] = v
            shared = rows * self.o.kv_heads
            seen = keys.view(shared, -1, self.size)[:, :at + 1]
            scores = torch.bmm(q.reshape(shared, self.group, self.size) * (1 / math.sqrt(self.size)),
                               seen.transpose(1, 2))
            y = torch.bmm(scores.softmax(-1), values.view(shared, -1, self.size)[:, :at + 1])
            x = self.finish(x, y.view(rows, 1, -1), layer)
        return self.norm(x, self.last)[:, 0]


@torch.no_grad()
def sample(model, prompts, o, cache, began=None):
    """Prompts (B, P) with as many new tokens as asked for, and these tokens' log-probabilities (B, N). Where `began` is
    given, it is called after the first token, which is not counted."""
    def keep(layer, k, v):
        cache[layer][0][:, :, :o.prompt] = k
        cache[layer][1][:, :, :o.prompt] = v

    def draw(hidden):
        logits = F.linear(hidden, model.embedding).float()
        tokens = torch.multinomial(logits.softmax(-1), 1)
        return tokens, logits.log_softmax(-1).gather(-1, tokens)

    drawn = [draw(model.whole(prompts, keep)[:, -1])]
    if began:
        began()
    for step in range(o.new - (0 if began else 1)):
        drawn.append(draw(model.one(drawn[-1][0], cache, o.prompt + step)))
    tokens, log_probs = (torch.cat(parts, 1) for parts in zip(*drawn))
    return torch.cat([prompts, tokens], 1), log_probs


def new_cache(model, o, dtype):
    shape = (o.rows, o.kv_heads, o.prompt + o.new + 1, model.size)
    return [[torch.zeros(shape, dtype=dtype) for _ in range(2)] for _ in range(o.layers)]


def rollout(o, dtype):
    """Decoding alone: the clock starts when the prompts are computed and a first token is drawn."""
    model = Model(o, dtype)
    cache = new_cache(model, o, dtype)
    starts, ends = [], []
    for _ in range(o.rounds + 1):
        prompts = torch.randint(0, 256, (o.rows, o.prompt))
        sample(model, prompts, o, cache, lambda: starts.append(time.perf_counter()))
        ends.append(time.perf_counter())
    seconds = sorted(end - start for start, end in list(zip(starts, ends))[1:])
    return o.rows * o.new / seconds[len(seconds) // 2]


def train(o, dtype):
    # In bfloat16 the weights stay float32 and autocast computes, as PyTorch's users have it.
    model = Model(o, torch.float32)
    for parameter in model.parameters():
        parameter.requires_grad_()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4, betas=(0.9, 0.95), weight_decay=0, foreach=True)
    seconds = []
    for _ in range(o.rounds + 2):
        ids = torch.randint(0, 256, (o.rows, o.length + 1))
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        for part in ids.split(o.micro):
            with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
                logits = F.linear(model.whole(part[:, :-1]), model.embedding)
                loss = F.cross_entropy(logits.float().flatten(0, 1), part[:, 1:].flatten())
            (loss * (len(part) / o.rows)).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    return o.rows * o.length / sorted(seconds[2:])[len(seconds[2:]) // 2]


def step(o, dtype):
    """Replies, their log-probabilities under a frozen reference, and one step of PPO's clipped surrogate on them."""
    model, reference = Model(o, torch.float32), Model(o, torch.float32)
    for parameter in model.parameters():
        parameter.requires_grad_()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4, betas=(0.9, 0.95), weight_decay=0, foreach=True)

    cache = new_cache(model, o, dtype)

    def log_probs(of, ids):
        hidden = of.whole(ids[:, :-1])[:, o.prompt - 1:]
        logits = F.linear(hidden, of.embedding).float()
        return -F.cross_entropy(logits.flatten(0, 1), ids[:, o.prompt:].flatten(), reduction="none").view(len(ids), -1)

    seconds = []
    for _ in range(o.rounds + 1):
        prompts = torch.randint(0, 256, (o.rows, o.prompt))
        start = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
            ids, old = sample(model, prompts, o, cache)
            with torch.no_grad():
                frozen = torch.cat([log_probs(reference, part) for part in ids.split(o.micro)])
            rewards = torch.arange(o.rows) % 2 - 0.1 * (old - frozen).sum(-1)
            advantages = ((rewards - rewards.mean()) / rewards.std())[:, None]
        optimizer.zero_grad(set_to_none=True)
        for part in torch.arange(o.rows).split(o.micro):
            with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
                ratio = (log_probs(model, ids[part]) - old[part]).exp()
                gain = torch.minimum(ratio * advantages[part], ratio.clamp(0.8, 1.2) * advantages[part])
            (-gain.mean(-1).sum() / o.rows).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    return o.rows * o.new / sorted(seconds[1:])[len(seconds[1:]) // 2]


def peak_mib():
    """The most memory that was resident. `getrusage` would count the program that started this one too."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["rollout", "train", "step"])
    for name in ("hidden", "layers", "heads", "kv-heads", "ffn", "vocabulary", "rows", "prompt", "new", "length",
                 "micro", "threads", "rounds"):
        parser.add_argument("--" + name, type=int, required=True)
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], required=True)
    o = parser.parse_args()
    torch.set_num_threads(o.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    rate = globals()[o.mode](o, getattr(torch, o.dtype))
    print(json.dumps({"tokens_per_s": rate, "peak_mib": peak_mib(), "torch": torch.__version__}))


main()
