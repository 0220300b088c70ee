"""The autoencoder of latent diffusion (Rombach et al. 2022) and VQGAN (Esser et al. 2021), which has the same layers:
in the keys of diffusers and of the authors' own code.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sizes import spatial
from explorer.models.foreign.stack import Found, Stack, UnfitError

EPS = 1e-6
BOOK = "quantize.embedding.weight"


@dataclass(frozen=True)
class Names:
    """How a code base calls the parts. `up_is_upwards`: whether block 0 of the decoder comes first."""

    down: str
    up: str
    block: str
    middle: tuple[str, str, str]  # residual, attention, residual
    shrink: str
    grow: str
    around: str
    last_norm: str
    attention: tuple[tuple[str, str, str, str, str], ...]
    attentions: str  # of the levels
    up_is_upwards: bool


DIFFUSERS = Names(
    "down_blocks",
    "up_blocks",
    "resnets",
    ("mid_block.resnets.0", "mid_block.attentions.0", "mid_block.resnets.1"),
    "downsamplers.0.conv",
    "upsamplers.0.conv",
    "conv_shortcut",
    "conv_norm_out",
    (("group_norm", "to_q", "to_k", "to_v", "to_out.0"), ("group_norm", "query", "key", "value", "proj_attn")),
    "attentions",
    up_is_upwards=True,
)
AUTHORS = Names(
    "down",
    "up",
    "block",
    ("mid.block_1", "mid.attn_1", "mid.block_2"),
    "downsample.conv",
    "upsample.conv",
    "nin_shortcut",
    "norm_out",
    (("norm", "q", "k", "v", "proj_out"),),
    "attn",
    up_is_upwards=False,
)


def recognise(reading: Reading) -> Recognised | None:
    """decoder.conv_in, residual blocks with two group norms, attention in the middle."""
    keys = reading.tensors
    if "decoder.conv_in.weight" not in keys:
        return None
    names = DIFFUSERS if any(key.startswith("decoder.up_blocks.") for key in keys) else AUTHORS
    groups = reading.hints.get("norm_num_groups")
    writer = _Writer(names, groups if isinstance(groups, int) and groups > 0 else 32)
    decoder = Stack(keys)
    factor = writer.decode(decoder)
    encoder = decoder.beside()
    has_encoder = "encoder.conv_in.weight" in keys
    if has_encoder:
        writer.encode(encoder)
    first = "post_quant_conv" if "post_quant_conv.weight" in keys else "decoder.conv_in"
    channels = decoder.weight(first, 4).shape[1]
    space, size = spatial(reading.hints, channels, factor)
    name = "VQGAN" if BOOK in keys else "AutoencoderKL"
    found = Found(reading, f"{name}, {channels} channels at 1/{factor} of the size", space, decoder)
    found.encoder, found.values = encoder if has_encoder else None, (-1.0, 1.0)
    if BOOK in keys:
        found.layout = "mean"
        codes = len(keys[BOOK])
        found.know(
            "inferred", f"latents lie anywhere between the {codes:,} codes of its book: its authors take the nearest"
        )
    found.know("read", f"{channels} channels of the latent, {factor} times smaller than the picture, from the shapes")
    found.know("inferred", f"SiLU, group norms of {writer.groups} groups and eps 1e-6", "pictures in -1..1")
    found.know("inferred", "no prior: random latents give texture; they come from pictures, or from a diffusion model")
    found.facts.append(size)
    return found.recognised([BOOK] if BOOK in keys else ())


class _Writer:
    def __init__(self, names: Names, groups: int) -> None:
        self.names, self.groups = names, groups

    def decode(self, stack: Stack) -> int:
        """Writes the decoder; how many times larger the picture is."""
        names, factor = self.names, 1
        if "post_quant_conv.weight" in stack.tensors:
            stack.conv("post_quant_conv")
        stack.conv("decoder.conv_in")
        self._middle(stack, "decoder")
        for level in self._levels(stack, f"decoder.{names.up}.", upwards=names.up_is_upwards):
            self._blocks(stack, f"decoder.{names.up}.{level}.")
            grow = f"decoder.{names.up}.{level}.{names.grow}"
            if f"{grow}.weight" in stack.tensors:
                stack.add("upsample", factor=2, mode="nearest").conv(grow)
                factor *= 2
        stack.group_norm(f"decoder.{names.last_norm}", self.groups, EPS).add("silu").conv("decoder.conv_out")
        return factor

    def encode(self, stack: Stack) -> None:
        names = self.names
        stack.conv("encoder.conv_in")
        for level in self._levels(stack, f"encoder.{names.down}.", upwards=True):
            self._blocks(stack, f"encoder.{names.down}.{level}.")
            shrink = f"encoder.{names.down}.{level}.{names.shrink}"
            if f"{shrink}.weight" in stack.tensors:
                stack.add("pad", sides=[0, 1, 0, 1]).conv(shrink, 2, 0)
        self._middle(stack, "encoder")
        stack.group_norm(f"encoder.{names.last_norm}", self.groups, EPS).add("silu").conv("encoder.conv_out")
        if "quant_conv.weight" in stack.tensors:
            stack.conv("quant_conv")

    def _levels(self, stack: Stack, prefix: str, *, upwards: bool) -> list[int]:
        found = {key[len(prefix) :].partition(".")[0] for key in stack.tensors if key.startswith(prefix)}
        return sorted((int(one) for one in found if one.isdigit()), reverse=not upwards)

    def _blocks(self, stack: Stack, prefix: str) -> None:
        """Residual blocks, with attention behind each where a level has it."""
        for number in self._levels(stack, f"{prefix}{self.names.block}.", upwards=True):
            self._residual(stack, f"{prefix}{self.names.block}.{number}")
            self._attend(stack, f"{prefix}{self.names.attentions}.{number}")

    def _residual(self, stack: Stack, key: str) -> None:
        body = stack.beside().group_norm(f"{key}.norm1", self.groups, EPS).add("silu").conv(f"{key}.conv1")
        body.group_norm(f"{key}.norm2", self.groups, EPS).add("silu").conv(f"{key}.conv2")
        around = f"{key}.{self.names.around}"
        stack.residual(body, stack.beside().conv(around) if f"{around}.weight" in stack.tensors else None)

    def _middle(self, stack: Stack, side: str) -> None:
        first, attention, second = (f"{side}.{name}" for name in self.names.middle)
        self._residual(stack, first)
        self._attend(stack, attention)
        self._residual(stack, second)

    def _attend(self, stack: Stack, key: str) -> None:
        """x + attention(x), where there is one."""
        spelling = next((one for one in self.names.attention if f"{key}.{one[1]}.weight" in stack.tensors), None)
        if spelling is not None:
            stack.residual(self._attention(stack.beside(), key, spelling))

    def _attention(self, stack: Stack, key: str, spelling: tuple[str, ...]) -> Stack:
        stack.add("attention", groups=self.groups, eps=EPS)
        for ours, theirs in zip(("norm", "query", "key", "value", "out"), spelling, strict=True):
            for kind in ("weight", "bias"):
                source = f"{key}.{theirs}.{kind}"
                if source not in stack.tensors:
                    raise UnfitError(source)
                stack.taken.add(source)
                stack.own(f"{ours}.{kind}", _flat(stack.tensors[source]))
        return stack


def _flat(weight: Tensor) -> Tensor:
    """A convolution of one place as a matrix."""
    return weight[:, :, 0, 0] if weight.dim() == 4 else weight
