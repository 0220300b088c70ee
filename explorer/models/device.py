"""Where a network runs: CUDA, MPS or the CPU; chosen, listed with plain names, and refused with a reason."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from explorer.errors import DeviceError


@dataclass(frozen=True)
class Device:
    """A device as torch names it ('cpu', 'cuda:0', 'mps') and as people do."""

    name: str
    title: str


def devices() -> tuple[Device, ...]:
    """What there is on this machine, the fastest first; the CPU is always the last."""
    found = [Device(f"cuda:{index}", torch.cuda.get_device_name(index)) for index in range(_cuda_count())]
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple GPU"))
    return (*found, Device("cpu", "CPU"))


def best() -> str:
    """The name of the fastest device."""
    return devices()[0].name


def checked(name: str) -> torch.device:
    """torch's device called `name`, which this machine has. Raises DeviceError."""
    try:
        device = torch.device(name)
    except (RuntimeError, ValueError) as error:
        raise DeviceError(f"There is no device '{name}'.", f"Choose one of: {_names()}.") from error
    if device.type == "cuda" and (device.index or 0) >= _cuda_count():
        raise DeviceError(f"This machine has no device '{name}'.", f"torch finds: {_names()}. {_why_no_cuda()}")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("This machine has no Apple GPU that torch can use.", f"torch finds: {_names()}.")
    if device.type not in ("cpu", "cuda", "mps"):
        raise DeviceError(f"Devices of the kind '{device.type}' are not supported.", f"Choose one of: {_names()}.")
    return device


def failure(device: str, error: Exception) -> DeviceError:
    """What torch said while it used a device, as the user's error."""
    if isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error).lower():
        return DeviceError(f"{device} is out of memory.", "Close other programs that use it, or choose the CPU.")
    return DeviceError(f"{device} failed.", f"Choose the CPU. torch says: {str(error)[:200]}")


def _cuda_count() -> int:
    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def _names() -> str:
    return ", ".join(device.name for device in devices())


def _why_no_cuda() -> str:
    if torch.version.cuda is None:
        return "This torch was built without CUDA."
    return "" if _cuda_count() else "No CUDA driver or GPU was found."


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device computes in bfloat16 itself: then it trains two to three times as fast (measured on a CPU)."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    asked = getattr(torch.cpu, "_is_avx512_bf16_supported", None)  # there is no public question yet
    return device.type == "cpu" and asked is not None and bool(asked())
