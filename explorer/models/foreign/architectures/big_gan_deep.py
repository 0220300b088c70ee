"""BigGAN-deep (Brock et al. 2019) as pytorch_pretrained_biggan has it: 128, 256 and 512 pixels, 1,000 classes.

Its norms kept means and variances for 51 truncations. Those of truncation 1 are taken, so that a latent says all of
its picture: authors draw z with truncation 0.4 and take the means and variances of 0.4.
"""

from __future__ import annotations

import re

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.labels import space_of
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack

EPS = 1e-4
FIRST = 4  # pixels
STEERING = "z and class"
TABLE = "embeddings.weight"


def recognise(reading: Reading) -> Recognised | None:
    """embeddings, generator.gen_z, generator.layers.N, generator.conv_to_rgb."""
    if not {TABLE, "generator.gen_z.weight", "generator.conv_to_rgb.weight"} <= set(reading.tensors):
        return None
    return _Reader(reading).recognised()


class _Reader:
    def __init__(self, reading: Reading) -> None:
        self.reading, self.tensors = reading, reading.tensors
        self.stack = Stack(reading.tensors)
        found = (re.match(r"generator\.layers\.(\d+)\.", key) for key in self.tensors)
        self.layers = range(1 + max((int(one[1]) for one in found if one), default=-1))

    def recognised(self) -> Recognised | None:
        stack, table = self.stack, self.tensors[TABLE]
        z, classes = table.shape
        stack.taken.add(TABLE)
        stack.add("labels", classes=classes, width=z, join="behind").own("weight", table.T.contiguous())
        stack.add("keep", name=STEERING)
        flat = stack.linear("generator.gen_z").weight("generator.gen_z", 2).shape[0]
        stack.add("fold", shape=[FIRST, FIRST, flat // FIRST**2]).add("permute", order=[2, 0, 1])
        grown = self._blocks()
        self._norm(stack, "generator.bn")
        stack.add("relu").conv("generator.conv_to_rgb").add("narrow", stop=3).add("tanh")
        side = FIRST * 2**grown
        kind = f"BigGAN-deep, {side} x {side}, {classes} classes"
        found = Found(self.reading, kind, space_of(z, classes), stack, values=(-1.0, 1.0))
        found.know(
            "read", f"{z} inputs, {classes} classes, {len(self.layers)} layers and their widths, from the shapes"
        )
        found.know("read" if self._told() else "inferred", f"{grown} blocks double the size")
        found.know("inferred", "means and variances of truncation 1", f"eps {EPS:g}; tanh at the end")
        found.know("inferred", "prior standard normal: authors draw it truncated, at 0.4")
        return found.recognised()

    def _told(self) -> list[bool]:
        """Whether each block doubles the size, as a config.json beside the weights says; empty without one."""
        config = self.reading.hints.get("config")
        layers = config.get("layers") if isinstance(config, dict) else None
        fits = isinstance(layers, list) and all(isinstance(one, list) and one for one in layers)
        return [bool(one[0]) for one in layers] if fits and isinstance(layers, list) else []

    def _blocks(self) -> int:
        """Writes all; how many double the size: every second one where no file says."""
        told, number, grown = self._told(), 0, 0
        for layer in self.layers:
            key = f"generator.layers.{layer}"
            if f"{key}.gamma" in self.tensors:
                names = {"query": "theta", "key": "phi", "value": "g", "out": "o_conv"}
                parts = {role: f"{key}.snconv1x1_{name}" for role, name in names.items()}
                self.stack.attend({**parts, "gamma": f"{key}.gamma"}, 2)
                continue
            grows = told[number] if number < len(told) else number % 2 == 1
            self._block(key, grows=grows)
            grown, number = grown + grows, number + 1
        return grown

    def _block(self, key: str, *, grows: bool) -> None:
        """Four norms and convolutions; around them half the channels where they become fewer."""
        body, around = self.stack.beside(), self.stack.beside()
        for place in range(4):
            self._norm(body, f"{key}.bn_{place}")
            body.add("relu")
            if grows and place == 1:
                body.add("upsample", factor=2, mode="nearest")
            body.conv(f"{key}.conv_{place}")
        into, out = body.weight(f"{key}.conv_0", 4).shape[1], body.weight(f"{key}.conv_3", 4).shape[0]
        if out != into:
            around.add("narrow", stop=out)
        if grows:
            around.add("upsample", factor=2, mode="nearest")
        self.stack.residual(body, around)

    def _norm(self, stack: Stack, key: str) -> None:
        plain = f"{key}.weight" in self.tensors
        stack.add("norm", eps=EPS, affine=int(plain))
        for ours, theirs in (("running_mean", "running_means"), ("running_var", "running_vars")):
            stack.own(ours, self.stack.take_out(f"{key}.{theirs}")[-1].clone())
        if plain:
            stack.own("weight", self.stack.take_out(f"{key}.weight")).own("bias", self.stack.take_out(f"{key}.bias"))
            return
        branches = {
            ours: stack.beside().linear(f"{key}.{name}") for ours, name in (("factor", "scale"), ("shift", "offset"))
        }
        stack.modulate(STEERING, 1.0, **branches)
