"""What all families share: a torch network behind the numpy contract of `base`."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.errors import InputError
from explorer.latents import priors
from explorer.latents.arrays import Images, Latents
from explorer.latents.priors import ChosenPrior
from explorer.models import device as devices
from explorer.models.base import CanEncode, Card, Space

BATCH = 128  # pictures at once: larger batches are no cheaper per picture, and cost memory
PIXELS = 2**19  # in all of them: 128 of 64 x 64, 8 of 256 x 256, one of 1024 x 1024
HALF = {"cuda": torch.float16, "mps": torch.float16}
VISIBLE = 1.5 / 255  # half precision is taken when no pixel moves by more


class Decoder(nn.Module):
    """A latent batch float32 (n, d) to pictures float32 (n, h, w, c) in 0..1. Exports to ONNX."""

    def __init__(self, net: nn.Module, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.net = net
        self.dtype = dtype

    def forward(self, latents: Tensor) -> Tensor:
        pictures: Tensor = self.net(latents.to(self.dtype))
        return pictures.permute(0, 2, 3, 1).float().clamp(0, 1)


class NetworkModel:
    """A `LatentModel` made of one torch module. Families say how latents become pictures, in `_generator`.

    `net` holds every weight of the model; its keys are the keys of `model.safetensors`.
    """

    def __init__(self, card: Card, hyperparameters: Mapping[str, object], net: nn.Module) -> None:
        self.card = replace(card, encodes=isinstance(self, CanEncode))
        self.hyperparameters = dict(hyperparameters)
        self.net = net
        self.prior: ChosenPrior | None = None  # what the user chose instead of the card's
        self._device = torch.device("cpu")
        self._decoders: dict[str, Decoder] = {}
        self._half: torch.dtype | None = None

    # What a family says

    def _generator(self, space: str) -> nn.Module:
        """The module from latents of `space`, (n, d), to pictures (n, channels, height, width), about 0..1.

        It shares the weights of `net`.
        """
        raise NotImplementedError

    def _redirect(self, latents: Tensor, space: str, truncation: float) -> tuple[Tensor, str]:  # noqa: ARG002
        """Where decoding starts: a GAN takes z to w here, and truncates."""
        return latents, space

    def _sampled(self, latents: Tensor, space: str) -> Tensor:  # noqa: ARG002
        """Latents of `space` from latents of the first space, drawn from its prior."""
        return latents

    # The contract

    @property
    def device(self) -> str:
        return str(self._device)

    @property
    def precision(self) -> str:
        return "float32" if self._half is None else str(self._half).removeprefix("torch.")

    def ready(self) -> None:
        """To call when the weights are in place: they will not learn any more."""
        self.net.eval().requires_grad_(False)
        for one in (*self.net.parameters(), *self.net.buffers()):
            if one.dim() == 4:  # others cannot lie that way
                one.data = one.data.contiguous(memory_format=torch.channels_last)
        self._decoders.clear()

    def to(self, device: str) -> None:
        """Move to a device, in half precision where that gains and cannot be seen.

        Raises DeviceError and stays where it was.
        """
        target, was, half = devices.checked(device), self._device, self._half
        try:
            self._move(target, None)
            if target.type in HALF and self._half_is_invisible(HALF[target.type]):
                self._move(target, HALF[target.type])
            with contextlib.suppress(InputError):  # a network may overflow at zero: the device has done its part then
                self.decode(np.zeros((1, self.card.default_space.dim), np.float32))
        except (RuntimeError, NotImplementedError, TypeError) as error:
            self._move(was, half)
            raise devices.failure(device, error) from error

    def _move(self, target: torch.device, half: torch.dtype | None) -> None:
        self.net.to(target)
        self._device, self._half = target, half
        self._decoders.clear()

    def _half_is_invisible(self, dtype: torch.dtype) -> bool:
        space = self.card.default_space.name
        latents = torch.from_numpy(self.sample(8, seed=0)).to(self._device)
        with torch.inference_mode():
            exact = Decoder(self._generator(space))(latents)
            short = _shortened(self._generator(space), dtype)(latents)
        return bool(torch.isfinite(short).all()) and float((exact - short).abs().max()) < VISIBLE

    def decode(self, latents: Latents, *, space: str | None = None, truncation: float = 1.0) -> Images:
        pictures = self.decode_float(latents, space=space, truncation=truncation)
        return np.rint(pictures * 255).astype(np.uint8)

    def decode_float(
        self, latents: Latents, *, space: str | None = None, truncation: float = 1.0
    ) -> NDArray[np.float32]:
        where = self._space(space)
        checked = checked_latents(latents, where)
        pictures = np.empty((len(checked), *self.card.image_shape), np.float32)
        with torch.inference_mode():
            for part in batches(len(checked), self.at_once):
                redirected, name = self._redirect(self._tensor(checked[part]), where.name, truncation)
                pictures[part] = self._decoder(name)(redirected).cpu().numpy()
        if pictures.size and np.isnan(pictures.min()):  # the least is NaN where any is
            return self._without_overflow(pictures)
        return pictures

    def _without_overflow(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Black where a picture holds no numbers, so that the others are seen. Raises InputError where none does."""
        lost = np.isnan(pictures).any(axis=(1, 2, 3))
        if lost.all():
            raise InputError(
                f"{self.card.name} makes no picture of this latent: its numbers overflow, or are none (NaN).",
                "Try one nearer to zero (Home). If it is so for all, the file is damaged or training failed.",
            )
        pictures[lost] = 0
        return pictures

    def sample(self, n: int, *, seed: int, space: str | None = None, temperature: float = 1.0) -> Latents:
        where = self._space(space)
        first = self.card.spaces[0]
        numbers = priors.drawn(n, first.kinds, seed, chosen=self.prior, temperature=temperature)
        if where.name == first.name:
            return numbers
        with torch.inference_mode():
            return self._sampled(self._tensor(numbers), where.name).float().cpu().numpy()

    def decoder_module(self, space: str | None = None) -> nn.Module:
        """What `decode_float` computes without truncation: a float32 torch module on the CPU that exports to ONNX.

        A copy: it shares no weights with the model.
        """
        name = self._space(space).name
        return Decoder(copy.deepcopy(self._generator(name)).cpu()).eval()

    def pictures_with_slope(self, latents: Tensor, space: str, truncation: float = 1.0) -> Tensor:
        """Pictures float32 (n, height, width, channels) in 0..1 of latents (n, d), as a tensor that knows its slope."""
        redirected, name = self._redirect(latents.to(self._device), space, truncation)
        pictures: Tensor = self._decoder(name)(redirected)
        return pictures

    def sloping(self, latents: Tensor, space: str) -> Tensor:
        """Pictures float32 (n, channels, height, width) in 0..1 of latents (n, d) on the device, in full precision.

        Their slope goes on where a pixel is black or white: what is too bright can be led back.
        """
        pictures: Tensor = self._generator(space)(latents).float()
        return pictures + (pictures.clamp(0, 1) - pictures).detach()

    # For families

    @property
    def at_once(self) -> int:
        """Pictures in a batch."""
        height, width, _channels = self.card.image_shape
        return min(BATCH, max(1, PIXELS // (height * width)))

    def _decoder(self, space: str) -> Decoder:
        if space not in self._decoders:
            net = self._generator(space)
            self._decoders[space] = Decoder(net) if self._half is None else _shortened(net, self._half)
        return self._decoders[space]

    def _space(self, name: str | None) -> Space:
        if name is None:
            return self.card.default_space
        try:
            return self.card.space(name)
        except KeyError:
            names = ", ".join(space.name for space in self.card.spaces)
            raise InputError(f"{self.card.name} has no latent space '{name}'.", f"It has: {names}.") from None

    def _tensor(self, values: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(np.array(values, np.float32)).to(self._device)

    def _pictures(self, images: Images) -> Tensor:
        """(n, channels, height, width), 0..1, on the device."""
        return self._tensor(images.astype(np.float32) / np.float32(255)).permute(0, 3, 1, 2)


def _shortened(net: nn.Module, dtype: torch.dtype) -> Decoder:
    return Decoder(copy.deepcopy(net).to(dtype), dtype)


def batches(n: int, size: int = BATCH) -> Iterator[slice]:
    """0..n in pieces of `size`."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))


def checked_latents(latents: Latents, space: Space) -> Latents:
    """float32 (n, space.dim), finite. Raises InputError."""
    values = np.asarray(latents)
    if values.ndim != 2 or values.shape[1] != space.dim or values.dtype.kind not in "fiu":
        raise InputError(
            f"Latents of shape {values.shape} do not fit the space '{space.name}'.",
            f"Give numbers of shape (n, {space.dim}).",
        )
    floats = values.astype(np.float32, copy=False)
    if not np.isfinite(floats).all():
        raise InputError("A latent holds values that are no numbers (NaN or infinite).", "Reset it, or choose another.")
    return floats


def checked_images(images: Images, shape: tuple[int, int, int]) -> Images:
    """uint8 (n, *shape). Raises InputError."""
    values = np.asarray(images)
    if values.ndim != 4 or values.shape[1:] != shape or values.dtype != np.uint8:
        height, width, channels = shape
        raise InputError(
            f"Pictures {values.dtype} of shape {values.shape} do not fit this model.",
            f"It takes uint8 (n, {height}, {width}, {channels}).",
        )
    return values


def described(card: Card, net: nn.Module) -> Card:
    """The card with the number of parameters of `net`."""
    return replace(card, parameters=sum(parameter.numel() for parameter in net.parameters()))
