"""torch.save files, of every age: a zip with `data.pkl`, or the older row of pickles. Read without torch.

Zip (since 1.6): NAME/data.pkl refers to NAME/data/KEY, one a storage, not packed. Legacy: magic number, protocol,
system, the object, the list of storage keys, then for each the count (int64) and the numbers.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from explorer.models.foreign.limits import LARGEST_PICKLE, MOST_TENSORS, SWELL
from explorer.models.foreign.pickles import Damaged, Machine
from explorer.models.foreign.sniff import TORCH_MAGIC
from explorer.models.foreign.stand_ins import NESTED, makers, storage_kind
from explorer.models.foreign.values import DTYPES, Name, Storage

Bytes = NDArray[np.uint8]
Opener = Callable[[], BinaryIO]
MAPPED = 16 * 10**6  # bytes from which numbers are mapped and not copied
ALIGNED = 8  # bytes: where torch may take numbers from
CHECKED = 256 * 10**6  # bytes: of larger files the checksums are not looked at, which would take as long as reading


def read_torch_zip(path: Path) -> tuple[object, tuple[str, ...]]:
    """The object in a torch zip file, and what it names. Raises Damaged, zipfile.BadZipFile."""
    with zipfile.ZipFile(path) as opened:
        entries = {info.filename: info for info in opened.infolist()}
        main = min((name for name in entries if name.endswith("data.pkl")), key=len)
        prefix = main.removesuffix("data.pkl")
        if f"{prefix}byteorder" in entries and opened.read(f"{prefix}byteorder") == b"big":
            raise Damaged("its numbers are big-endian, which is not read")
        pickled = _whole(opened, entries[main])
        records = {
            name.removeprefix(f"{prefix}data/"): info
            for name, info in entries.items()
            if name.startswith(f"{prefix}data/")
        }
    shelf = Shelf(lambda key, size: member_bytes(path, records[key], size))
    machine = Machine(makers(nested_reader()), shelf.persistent)
    return machine.run(pickled), tuple(machine.names)


def _whole(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.file_size > min(LARGEST_PICKLE, SWELL * info.compress_size + 1_000_000):
        raise Damaged("its description is far too large")
    return opened.read(info)


def member_bytes(path: Path, info: zipfile.ZipInfo, size: int, skip: int = 0) -> Bytes:
    """`size` bytes of an entry after `skip`, as `bytes_at`. Raises Damaged when they are not all there."""
    if info.file_size < size + skip or info.flag_bits & 1:
        raise Damaged("it ends in the middle")
    if info.compress_type != zipfile.ZIP_STORED:
        with zipfile.ZipFile(path) as opened, opened.open(info) as stream:
            stream.read(skip)
            return read_into(stream, size)  # type: ignore[arg-type]
    with path.open("rb") as stream:
        stream.seek(info.header_offset)
        header = stream.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise Damaged("it ends in the middle")
        name, extra = struct.unpack("<HH", header[26:30])
        content = bytes_at(path, stream, info.header_offset + 30 + name + extra + skip, size)
    if not skip and size == info.file_size <= CHECKED and info.CRC and zlib.crc32(content.data) != info.CRC:
        raise Damaged("some of its numbers are not as they were written (checksum)")
    return content


def bytes_at(path: Path, stream: BinaryIO, place: int, size: int) -> Bytes:
    """`size` bytes of a file from `place` on: read, or mapped where they are many, so that they are read when used.

    What is written to mapped ones stays in this process. Raises Damaged.
    """
    if size >= MAPPED and place % ALIGNED == 0:
        if place + size > path.stat().st_size:
            raise Damaged("it ends in the middle")
        return np.memmap(path, np.uint8, "c", place, (size,)).view(np.ndarray)
    stream.seek(place)
    return read_into(stream, size)


def read_into(stream: BinaryIO, size: int) -> Bytes:
    """Exactly `size` bytes of a stream, in memory of their own. Raises Damaged."""
    content = np.empty(size, np.uint8)
    view = content.data
    done = 0
    while done < size:
        got = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not got:
            raise Damaged("it ends in the middle")
        done += got
    return content


class Shelf:
    """The storages that a pickle refers to, each once."""

    def __init__(self, fetch: Callable[[str, int], Bytes]) -> None:
        self._fetch = fetch
        self.storages: dict[str, Storage] = {}

    def persistent(self, identity: object) -> object:
        """('storage', kind, key, where, count, view?); ('module', class, file, source) of whole modules: the class."""
        if not isinstance(identity, tuple) or not identity:
            raise Damaged("it refers to something unknown")
        if identity[0] == "module":
            return identity[1]
        if identity[0] != "storage" or len(identity) < 5:
            raise Damaged("it refers to something unknown")
        _storage, kind, key, _where, count = identity[:5]
        return self._part(self._storage(kind, str(key), count), identity[5] if len(identity) > 5 else None)

    def _storage(self, kind: object, key: str, count: object) -> Storage:
        if not isinstance(count, int) or not 0 <= count < 2**48 or not isinstance(kind, Name):
            raise Damaged("a tensor in it has an impossible shape")
        if key not in self.storages:
            if len(self.storages) > MOST_TENSORS:
                raise Damaged("it holds too many tensors")
            dtype = storage_kind(kind)
            size = count * DTYPES[dtype]
            self.storages[key] = Storage(key, dtype, count, lambda: self._fetch(key, size))
        return self.storages[key]

    def _part(self, whole: Storage, view: object) -> Storage:
        """(key, offset, count) of files of 2017: a storage that is a piece of another."""
        if view is None:
            return whole
        key, offset, count = view if isinstance(view, tuple) and len(view) == 3 else (None, -1, -1)
        if (
            not isinstance(offset, int)
            or not isinstance(count, int)
            or not 0 <= offset <= offset + count <= whole.count
        ):
            raise Damaged("a tensor in it is larger than its numbers")
        width, fetch = DTYPES[whole.dtype], whole.fetch
        assert fetch is not None

        def piece() -> Bytes:
            content: Bytes = fetch()[offset * width : (offset + count) * width]
            return content.copy()

        return Storage(str(key), whole.dtype, count, piece)


def read_torch_legacy(path: Path) -> tuple[object, tuple[str, ...]]:
    """The object in an older torch file, and what it names. Raises Damaged."""
    return _legacy(lambda: path.open("rb"), nested_reader())


def _legacy(opener: Opener, nested: Callable[[bytes], object]) -> tuple[object, tuple[str, ...]]:
    places: dict[str, tuple[int, int]] = {}  # of each storage: where its numbers begin, and how many there are

    def fetch(key: str, size: int) -> Bytes:
        with opener() as stream:
            if key not in places:
                raise Damaged("it ends in the middle")
            stream.seek(places[key][0])
            return read_into(stream, size)

    shelf = Shelf(fetch)
    machine = Machine(makers(nested), shelf.persistent)
    with opener() as stream:
        if Machine({}).run(stream) != TORCH_MAGIC or Machine({}).run(stream) != 1001:
            raise Damaged("it is of an unknown version of torch")
        system = Machine({}).run(stream)
        if isinstance(system, dict) and system.get("little_endian") is False:
            raise Damaged("its numbers are big-endian, which is not read")
        value = machine.run(stream)
        _find_places(stream, Machine({}).run(stream), shelf, places)
    return value, tuple(machine.names)


def _find_places(stream: BinaryIO, keys: object, shelf: Shelf, places: dict[str, tuple[int, int]]) -> None:
    end = _end_of(stream)
    for key in keys if isinstance(keys, list) else []:
        storage = shelf.storages.get(str(key))
        head = stream.read(8)
        if storage is None or len(head) < 8:
            raise Damaged("it ends in the middle")
        (count,) = struct.unpack("<q", head)
        place, size = stream.tell(), count * DTYPES[storage.dtype]
        if count != storage.count or place + size > end:
            raise Damaged("it ends in the middle")
        places[str(key)] = place, count
        stream.seek(place + size)


def _end_of(stream: BinaryIO) -> int:
    here = stream.tell()
    end = stream.seek(0, 2)
    stream.seek(here)
    return end


def read_pickle(path: Path) -> tuple[object, tuple[str, ...]]:
    """The object of a plain pickle, and what it names. Raises Damaged."""
    machine = Machine(makers(nested_reader()))
    with path.open("rb") as stream:
        return machine.run(stream), tuple(machine.names)


def nested_reader(depth: int = 0) -> Callable[[bytes], object]:
    """Reads a torch file that stands as bytes inside a pickle."""

    def read(content: bytes) -> object:
        if depth >= NESTED:
            raise Damaged("it is nested too deeply")
        return _legacy(lambda: io.BytesIO(content), nested_reader(depth + 1))[0]

    return read
