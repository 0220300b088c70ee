"""VAEs and autoencoders in the spelling of their authors, written for the tests from their descriptions: dense ones,
and convolutions in a row. `wild_references` has those with blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

Posterior = tuple[Tensor, Tensor | None]
Parts = Mapping[str, nn.Module]


class Wild(nn.Module):
    """Modules under their names in the file (a dot makes a child), what decodes and, where there is one, encodes."""

    def __init__(
        self,
        parts: Parts,
        decode: Callable[[Wild, Tensor], Tensor],
        encode: Callable[[Wild, Tensor], Posterior] | None = None,
        values: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        super().__init__()
        for name, part in parts.items():
            *above, last = name.split(".")
            owner: nn.Module = self
            for one in above:
                if not hasattr(owner, one):
                    owner.add_module(one, nn.Module())
                owner = getattr(owner, one)
            owner.add_module(last, part)
        self._decode, self._encode, self.values = decode, encode, values

    def part(self, name: str) -> nn.Module:
        return self.get_submodule(name)

    def forward(self, z: Tensor) -> Tensor:
        return self._decode(self, z)

    def encode(self, x: Tensor) -> Posterior:
        assert self._encode is not None
        return self._encode(self, x)

    @property
    def encodes(self) -> bool:
        return self._encode is not None

    def through(self, x: Tensor, names: str, activation: Callable[[Tensor], Tensor] = torch.relu) -> Tensor:
        """The named parts, an activation behind each."""
        for name in names.split():
            x = activation(self.part(name)(x))
        return x


def leaky(slope: float) -> Callable[[Tensor], Tensor]:
    return lambda x: functional.leaky_relu(x, slope)


def dense(*widths: int, between: type[nn.Module] = nn.ReLU, end: nn.Module | None = None) -> nn.Sequential:
    layers: list[nn.Module] = []
    for number, (i, o) in enumerate(pairwise(widths)):
        layers += [*([between()] if number else []), nn.Linear(i, o)]
    return nn.Sequential(*layers, *([end] if end is not None else []))


def higgins(channels: int, dim: int, w: int = 8) -> Wild:
    """encoder.N and decoder.N: one place in the middle, one head of halves, logits at the end."""
    encoder = nn.Sequential(
        *(nn.Conv2d(channels, w, 4, 2, 1), nn.ReLU(), nn.Conv2d(w, w, 4, 2, 1), nn.ReLU()),
        *(nn.Conv2d(w, 2 * w, 4, 2, 1), nn.ReLU(), nn.Conv2d(2 * w, 2 * w, 4, 2, 1), nn.ReLU()),
        *(nn.Conv2d(2 * w, 8 * w, 4, 1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * w, 2 * dim)),
    )
    decoder = nn.Sequential(
        *(nn.Linear(dim, 8 * w), nn.Unflatten(1, (8 * w, 1, 1)), nn.ReLU()),
        *(nn.ConvTranspose2d(8 * w, 2 * w, 4), nn.ReLU(), nn.ConvTranspose2d(2 * w, 2 * w, 4, 2, 1), nn.ReLU()),
        *(nn.ConvTranspose2d(2 * w, w, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(w, w, 4, 2, 1), nn.ReLU()),
        nn.ConvTranspose2d(w, channels, 4, 2, 1),
    )
    return Wild(
        {"encoder": encoder, "decoder": decoder},
        lambda net, z: net.decoder(z).sigmoid(),
        lambda net, x: net.encoder(x).chunk(2, 1),
    )


def burgess_row(channels: int, dim: int, w: int = 8) -> Wild:
    """The network of Burgess et al. as encoder.N and decoder.N, logits at the end."""
    shrink = [nn.Conv2d(channels, w, 4, 2, 1), nn.ReLU()]
    grow: list[nn.Module] = []
    for _ in range(3):
        shrink += [nn.Conv2d(w, w, 4, 2, 1), nn.ReLU()]
        grow += [nn.ConvTranspose2d(w, w, 4, 2, 1), nn.ReLU()]
    ends = (nn.Flatten(), nn.Linear(16 * w, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2 * dim))
    begins = (nn.Linear(dim, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 16 * w), nn.ReLU())
    decoder = nn.Sequential(*begins, nn.Unflatten(1, (w, 4, 4)), *grow, nn.ConvTranspose2d(w, channels, 4, 2, 1))
    return Wild(
        {"encoder": nn.Sequential(*shrink, *ends), "decoder": decoder},
        lambda net, z: net.decoder(z).sigmoid(),
        lambda net, x: net.encoder(x).chunk(2, 1),
    )


def world(channels: int, dim: int, w: int = 4) -> Wild:
    """encoder.conv1..4, fc_mu and fc_logsigma, decoder.fc1 and deconv1..4: the other head is the log deviation."""
    top = 32 * w
    parts = {f"encoder.conv{n + 1}": nn.Conv2d(w << (n - 1) if n else channels, w << n, 4, 2) for n in range(4)}
    parts |= {"encoder.fc_mu": nn.Linear(top, dim), "encoder.fc_logsigma": nn.Linear(top, dim)}
    parts |= {"decoder.fc1": nn.Linear(dim, top), "decoder.deconv1": nn.ConvTranspose2d(top, 4 * w, 5, 2)}
    parts |= {"decoder.deconv2": nn.ConvTranspose2d(4 * w, 2 * w, 5, 2)}
    parts |= {"decoder.deconv3": nn.ConvTranspose2d(2 * w, w, 6, 2)}
    parts |= {"decoder.deconv4": nn.ConvTranspose2d(w, channels, 6, 2)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.through(x, "encoder.conv1 encoder.conv2 encoder.conv3 encoder.conv4").flatten(1)
        return net.encoder.fc_mu(x), 2 * net.encoder.fc_logsigma(x)

    def decode(net: Wild, z: Tensor) -> Tensor:
        x = net.decoder.fc1(z).relu()[:, :, None, None]
        return net.decoder.deconv4(net.through(x, "decoder.deconv1 decoder.deconv2 decoder.deconv3")).sigmoid()

    return Wild(parts, decode, encode)


def counted(channels: int, dim: int, layers: int, w: int = 4) -> Wild:
    """conv1, conv1_bn, …, fc1, fc2, d1, deconv2, deconv2_bn: leaky in the decoder only, nothing at the end, -1..1."""
    parts: dict[str, nn.Module] = {}
    wide = channels
    for n in range(layers):
        parts |= {f"conv{n + 1}": nn.Conv2d(wide, w << n, 4, 2, 1), f"conv{n + 1}_bn": nn.BatchNorm2d(w << n)}
        wide = w << n
    top = wide
    parts |= {"fc1": nn.Linear(16 * top, dim), "fc2": nn.Linear(16 * top, dim), "d1": nn.Linear(dim, 16 * top)}
    for n in range(1, layers):
        parts |= {f"deconv{n + 1}": nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1)}
        parts |= {f"deconv{n + 1}_bn": nn.BatchNorm2d(wide // 2)}
        wide //= 2
    parts |= {f"deconv{layers + 1}": nn.ConvTranspose2d(wide, channels, 4, 2, 1)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        for n in range(layers):
            x = net.part(f"conv{n + 1}_bn")(net.part(f"conv{n + 1}")(x)).relu()
        return net.fc1(x.flatten(1)), net.fc2(x.flatten(1))

    def decode(net: Wild, z: Tensor) -> Tensor:
        x = functional.leaky_relu(net.d1(z).view(-1, top, 4, 4), 0.2)
        for n in range(1, layers):
            x = functional.leaky_relu(net.part(f"deconv{n + 1}_bn")(net.part(f"deconv{n + 1}")(x)), 0.2)
        return net.part(f"deconv{layers + 1}")(x)

    return Wild(parts, decode, encode, (-1.0, 1.0))


def blocks_of_four(dim: int, w: int = 8) -> Wild:
    """encoder.MLP.L0, linear_means, linear_log_var, decoder.MLP.L0, decoder.MLP.L1."""
    parts = {"encoder.MLP.L0": nn.Linear(784, w), "encoder.linear_means": nn.Linear(w, dim)}
    parts |= {"encoder.linear_log_var": nn.Linear(w, dim), "decoder.MLP.L0": nn.Linear(dim, w)}
    parts |= {"decoder.MLP.L1": nn.Linear(w, 784)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.through(x.flatten(1), "encoder.MLP.L0")
        return net.encoder.linear_means(x), net.encoder.linear_log_var(x)

    return Wild(parts, lambda net, z: net.part("decoder.MLP.L1")(net.through(z, "decoder.MLP.L0")).sigmoid(), encode)


def with_class(dim: int, classes: int, w: int = 8) -> Wild:
    """The same where the class is one 1 behind the picture and behind z."""
    parts = {"encoder.MLP.L0": nn.Linear(784 + classes, w), "encoder.linear_means": nn.Linear(w, dim)}
    parts |= {"encoder.linear_log_var": nn.Linear(w, dim), "decoder.MLP.L0": nn.Linear(dim + classes, w)}
    parts |= {"decoder.MLP.L1": nn.Linear(w, 784)}
    return Wild(parts, lambda net, z: net.part("decoder.MLP.L1")(net.through(z, "decoder.MLP.L0")).sigmoid())


def capital(dim: int, w: int = 12) -> Wild:
    """Encoder.FC_input, FC_mean, FC_var, Decoder.FC_hidden, FC_output: leaky ReLU 0.2."""
    parts = {"Encoder.FC_input": nn.Linear(784, w), "Encoder.FC_input2": nn.Linear(w, w)}
    parts |= {"Encoder.FC_mean": nn.Linear(w, dim), "Encoder.FC_var": nn.Linear(w, dim)}
    parts |= {"Decoder.FC_hidden": nn.Linear(dim, w), "Decoder.FC_hidden2": nn.Linear(w, w)}
    parts |= {"Decoder.FC_output": nn.Linear(w, 784)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.through(x.flatten(1), "Encoder.FC_input Encoder.FC_input2", leaky(0.2))
        return net.Encoder.FC_mean(x), net.Encoder.FC_var(x)

    def decode(net: Wild, z: Tensor) -> Tensor:
        return net.Decoder.FC_output(net.through(z, "Decoder.FC_hidden Decoder.FC_hidden2", leaky(0.2))).sigmoid()

    return Wild(parts, decode, encode)


def probabilistic(dim: int, w: int = 16) -> Wild:
    """encoder.fc1, fc21, fc22, decoder.fc1, fc21: softplus, and the other head is the log deviation."""
    parts = {"encoder.fc1": nn.Linear(784, w), "encoder.fc21": nn.Linear(w, dim), "encoder.fc22": nn.Linear(w, dim)}
    parts |= {"decoder.fc1": nn.Linear(dim, w), "decoder.fc21": nn.Linear(w, 784)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = functional.softplus(net.encoder.fc1(x.flatten(1)))
        return net.encoder.fc21(x), 2 * net.encoder.fc22(x)

    return Wild(parts, lambda net, z: net.decoder.fc21(functional.softplus(net.decoder.fc1(z))).sigmoid(), encode)


def numbered(dim: int, w: int = 16, w2: int = 12) -> Wild:
    """fc1, fc2, fc31, fc32, fc4, fc5, fc6."""
    parts = {"fc1": nn.Linear(784, w), "fc2": nn.Linear(w, w2), "fc31": nn.Linear(w2, dim), "fc32": nn.Linear(w2, dim)}
    parts |= {"fc4": nn.Linear(dim, w2), "fc5": nn.Linear(w2, w), "fc6": nn.Linear(w, 784)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.through(x.flatten(1), "fc1 fc2")
        return net.fc31(x), net.fc32(x)

    return Wild(parts, lambda net, z: net.fc6(net.through(z, "fc4 fc5")).sigmoid(), encode)


def one_head(dim: int, w: int = 16) -> Wild:
    """enc1, enc2 of twice the latents, dec1, dec2."""
    parts = {"enc1": nn.Linear(784, w), "enc2": nn.Linear(w, 2 * dim)}
    parts |= {"dec1": nn.Linear(dim, w), "dec2": nn.Linear(w, 784)}
    return Wild(
        parts,
        lambda net, z: net.dec2(net.dec1(z).relu()).sigmoid(),
        lambda net, x: net.enc2(net.enc1(x.flatten(1)).relu()).chunk(2, 1),
    )


def lightning(*widths: int, nested: bool = False) -> Wild:
    """encoder.0, encoder.2, decoder.0, decoder.2 of the first example of Lightning: nothing at the end."""
    between = ".l1" if nested else ""
    parts = {f"encoder{between}": dense(*widths), f"decoder{between}": dense(*widths[::-1])}
    return Wild(
        parts,
        lambda net, z: net.part(f"decoder{between}")(z),
        lambda net, x: (net.part(f"encoder{between}")(x.flatten(1)), None),
    )


def three_by_three(dim: int, w: int = 4) -> Wild:
    """encoder.conv1, conv2, fc, fc_mu, fc_logvar; decoder.fc, deconv1..3, the last of stride 1: 28 pixels."""
    parts: dict[str, nn.Module] = {
        "encoder.conv1": nn.Conv2d(1, w, 3, 2, 1),
        "encoder.conv2": nn.Conv2d(w, 2 * w, 3, 2, 1),
    }
    parts |= {"encoder.fc": nn.Linear(2 * w * 49, 16)}
    parts |= {"encoder.fc_mu": nn.Linear(16, dim), "encoder.fc_logvar": nn.Linear(16, dim)}
    parts |= {"decoder.fc": nn.Linear(dim, 2 * w * 49), "decoder.deconv1": nn.ConvTranspose2d(2 * w, 2 * w, 3, 2, 1, 1)}
    parts |= {"decoder.deconv2": nn.ConvTranspose2d(2 * w, w, 3, 2, 1, 1)}
    parts |= {"decoder.deconv3": nn.ConvTranspose2d(w, 1, 3, 1, 1)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.encoder.fc(net.through(x, "encoder.conv1 encoder.conv2").flatten(1)).relu()
        return net.encoder.fc_mu(x), net.encoder.fc_logvar(x)

    def decode(net: Wild, z: Tensor) -> Tensor:
        x = net.decoder.fc(z).relu().view(-1, 2 * w, 7, 7)
        return net.decoder.deconv3(net.through(x, "decoder.deconv1 decoder.deconv2")).sigmoid()

    return Wild(parts, decode, encode)


def averaged(channels: int, dim: int, w: int = 4) -> Wild:
    """enc1..4, fc1, fc_mu, fc_log_var, fc2, dec1..4: the mean over all places, no activation behind fc1 and fc2."""
    parts = {f"enc{n + 1}": nn.Conv2d(w << (n - 1) if n else channels, w << n, 4, 2, 1) for n in range(3)}
    parts |= {"enc4": nn.Conv2d(4 * w, 64, 4, 2, 0), "fc1": nn.Linear(64, 24)}
    parts |= {"fc_mu": nn.Linear(24, dim), "fc_log_var": nn.Linear(24, dim), "fc2": nn.Linear(dim, 64)}
    parts |= {"dec1": nn.ConvTranspose2d(64, 8 * w, 4, 1, 0), "dec2": nn.ConvTranspose2d(8 * w, 4 * w, 4, 2, 1)}
    parts |= {"dec3": nn.ConvTranspose2d(4 * w, 2 * w, 4, 2, 1), "dec4": nn.ConvTranspose2d(2 * w, channels, 4, 2, 1)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.fc1(net.through(x, "enc1 enc2 enc3 enc4").mean((2, 3)))
        return net.fc_mu(x), net.fc_log_var(x)

    def decode(net: Wild, z: Tensor) -> Tensor:
        return net.dec4(net.through(net.fc2(z)[:, :, None, None], "dec1 dec2 dec3")).sigmoid()

    return Wild(parts, decode, encode)


def unpadded(dim: int, w: int = 8) -> Wild:
    """encoder.N.0 and .1, decoder.N.0 and .1: 4x4 without padding, a batch norm and ReLU before the sigmoid."""

    def down(i: int, o: int) -> nn.Module:
        return nn.Sequential(nn.Conv2d(i, o, 4, 2), nn.BatchNorm2d(o), nn.ReLU())

    def up(i: int, o: int, more: int = 0) -> nn.Module:
        return nn.Sequential(nn.ConvTranspose2d(i, o, 4, 2, 0, more), nn.BatchNorm2d(o), nn.ReLU())

    parts: dict[str, nn.Module] = {"encoder": nn.Sequential(down(3, w), down(w, w), down(w, 2 * w), down(2 * w, 2 * w))}
    parts |= {"fc_mu": nn.Linear(8 * w, dim), "fc_var": nn.Linear(8 * w, dim)}
    parts |= {"decoder": nn.Sequential(up(2 * w, 2 * w), up(2 * w, w), up(w, w, 1), up(w, 3), nn.Sigmoid())}
    parts |= {"fc_z": nn.Linear(dim, 8 * w)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.encoder(x).flatten(1)
        return net.fc_mu(x), net.fc_var(x)

    return Wild(parts, lambda net, z: net.decoder(net.fc_z(z).view(-1, 2 * w, 2, 2)), encode)


def norm_last(dim: int, w: int = 4) -> Wild:
    """Convolution, leaky ReLU, then batch norm, as the numbers tell; upsampling back."""

    def down(i: int, o: int) -> tuple[nn.Module, ...]:
        return nn.Conv2d(i, o, 3, 2, 1), nn.LeakyReLU(), nn.BatchNorm2d(o)

    def up(i: int, o: int) -> tuple[nn.Module, ...]:
        return nn.Upsample(scale_factor=2), nn.Conv2d(i, o, 3, 1, 1), nn.LeakyReLU(), nn.BatchNorm2d(o)

    encoder = nn.Sequential(*down(3, w), *down(w, 2 * w), *down(2 * w, 4 * w))
    decoder = nn.Sequential(*up(4 * w, 2 * w), *up(2 * w, w), nn.Upsample(scale_factor=2), nn.Conv2d(w, 3, 3, 1, 1))
    parts = {"encoder": encoder, "fc_mu": nn.Linear(64 * w, dim), "fc_logvar": nn.Linear(64 * w, dim)}
    parts |= {"decoder_input": nn.Linear(dim, 64 * w), "decoder": decoder}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.encoder(x).flatten(1)
        return net.fc_mu(x), net.fc_logvar(x)

    return Wild(parts, lambda net, z: net.decoder(net.decoder_input(z).view(-1, 4 * w, 4, 4)).sigmoid(), encode)


def pooled(w: int = 4, channels: int = 3) -> Wild:
    """conv1, conv2, t_conv1, t_conv2: pooling, and 2x2 kernels back; the latent is a small picture."""
    parts = {"conv1": nn.Conv2d(channels, 4 * w, 3, padding=1), "conv2": nn.Conv2d(4 * w, w, 3, padding=1)}
    parts |= {"t_conv1": nn.ConvTranspose2d(w, 4 * w, 2, stride=2)}
    parts |= {"t_conv2": nn.ConvTranspose2d(4 * w, channels, 2, stride=2)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = functional.max_pool2d(net.conv1(x).relu(), 2)
        return functional.max_pool2d(net.conv2(x).relu(), 2).flatten(1), None

    def decode(net: Wild, z: Tensor) -> Tensor:
        return net.t_conv2(net.t_conv1(z).relu()).sigmoid()

    return Wild(parts, decode, encode)


def thirds(w: int = 2) -> Wild:
    """encoder.0, encoder.3, decoder.0, 2, 4: strides of three and two, 28 pixels from 8 channels of 2 x 2, tanh."""
    encoder = nn.Sequential(
        *(nn.Conv2d(1, 8 * w, 3, 3, 1), nn.ReLU(), nn.MaxPool2d(2, 2)),
        *(nn.Conv2d(8 * w, 4 * w, 3, 2, 1), nn.ReLU(), nn.MaxPool2d(2, 1)),
    )
    decoder = nn.Sequential(
        *(nn.ConvTranspose2d(4 * w, 8 * w, 3, 2), nn.ReLU(), nn.ConvTranspose2d(8 * w, 4 * w, 5, 3, 1), nn.ReLU()),
        *(nn.ConvTranspose2d(4 * w, 1, 2, 2, 1), nn.Tanh()),
    )
    return Wild(
        {"encoder": encoder, "decoder": decoder},
        lambda net, z: net.decoder(z),
        lambda net, x: (net.encoder(x).flatten(1), None),
        (-1.0, 1.0),
    )


@dataclass(frozen=True)
class Kind:
    """A network, and the shape of a latent of it."""

    make: Callable[[], Wild]
    shape: tuple[int, ...]
    choices: Mapping[str, str] | None = None  # of a draft, where nobody is known to write so


DENSE: dict[str, Kind] = {
    "MLP.L0": Kind(lambda: blocks_of_four(3), (3,)),
    "Encoder.FC_input": Kind(lambda: capital(5), (5,)),
    "encoder.fc1 softplus": Kind(lambda: probabilistic(6), (6,)),
    "fc31 fc32": Kind(lambda: numbered(2), (2,)),
    "enc2 of halves": Kind(lambda: one_head(7), (7,), {}),
    "Lightning": Kind(lambda: lightning(784, 64, 3), (3,)),
    "Lightning deep": Kind(lambda: lightning(784, 32, 16, 2), (2,), {"last": "none"}),
    "Lightning nested": Kind(lambda: lightning(784, 24, 5, nested=True), (5,)),
    "MLP.L0 with a class": Kind(lambda: with_class(3, 10), (13,)),
}
CONVOLUTIONAL: dict[str, Kind] = {
    "Higgins colour": Kind(lambda: higgins(3, 10), (10,)),
    "Higgins grey": Kind(lambda: higgins(1, 6), (6,)),
    "Burgess in a row": Kind(lambda: burgess_row(1, 5), (5,)),
    "World Models": Kind(lambda: world(3, 8), (8,)),
    "counted 32": Kind(lambda: counted(3, 9, 3), (9,)),
    "counted 128 grey": Kind(lambda: counted(1, 4, 5, 2), (4,)),
    "three by three": Kind(lambda: three_by_three(2), (2,)),
    "averaged": Kind(lambda: averaged(1, 6), (6,)),
    "unpadded": Kind(lambda: unpadded(7), (7,)),
    "norm last": Kind(lambda: norm_last(5), (5,), {"activation": "leaky 0.01", "after:decoder_input": "none"}),
    "pooled": Kind(pooled, (4, 8, 8)),
    "thirds": Kind(thirds, (8, 2, 2)),
}
