"""Devices: the CPU is always there, what is missing is refused with a hint."""

from __future__ import annotations

import pytest
import torch

from explorer.errors import DeviceError
from explorer.models import device


def test_the_cpu_is_always_there_and_the_last_choice() -> None:
    found = device.devices()
    assert (found[-1].name, found[-1].title) == ("cpu", "CPU")
    assert device.best() == found[0].name
    assert all(device.checked(one.name).type == one.name.split(":")[0] for one in found)


@pytest.mark.parametrize("name", ["cuda:99", "tpu9", "", "cpu:x", "meta"])
def test_a_device_that_is_missing_is_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(DeviceError) as caught:
        device.checked(name)
    assert "cpu" in caught.value.hint


def test_a_device_out_of_memory_is_told_so() -> None:
    told = device.failure("cuda:0", torch.OutOfMemoryError("CUDA out of memory. Tried to allocate"))
    assert "out of memory" in told.title
    assert "CPU" in told.hint


def test_any_other_failure_says_what_torch_said() -> None:
    assert "no kernel" in device.failure("mps", RuntimeError("no kernel image")).hint
