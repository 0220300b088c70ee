"""VAEs and autoencoders whose names give their authors away: shapes give the layers, the names what no file holds.

One entry is one spelling. `names` are patterns of which each has to be the whole name of some module; `choices` are
those of a draft; `after` and `ways` are the same for every module that a pattern fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drafts.recognised import drafted
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import chain

RELU_SIGMOID = "ReLU between layers and a sigmoid at the end"
LOGITS = "ReLU between layers; the network gives logits, shown through a sigmoid"


@dataclass(frozen=True)
class Spelling:
    """`said`: what it is. `told`: what the choices mean, in words."""

    said: str
    told: tuple[str, ...]
    names: tuple[str, ...]
    choices: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)  # activations
    ways: Mapping[str, str] = field(default_factory=dict)  # strides and paddings, as drafts write them
    not_named: str = ""  # a pattern that no module fits
    doubted: tuple[str, ...] = ()  # what could be otherwise, in words

    def fits(self, modules: Iterable[str]) -> bool:
        modules = list(modules)
        if self.not_named and any(re.fullmatch(self.not_named, one) for one in modules):
            return False
        return all(any(re.fullmatch(name, one) for one in modules) for name in self.names)

    def chosen(self, modules: Iterable[str]) -> dict[str, str]:
        return {**self.choices, **dict(self._each(modules))}

    def _each(self, modules: Iterable[str]) -> Iterator[tuple[str, str]]:
        for module in modules:
            for kind, table in (("after", self.after), ("way", self.ways)):
                found = next((said for pattern, said in table.items() if re.fullmatch(pattern, module)), None)
                if found is not None:
                    yield f"{kind}:{module}", found


_VANILLA = {
    "activation": "leaky 0.01",
    "last": "tanh",
    "range": "-1,1",
    "after:decoder_input": "none",
    "after:fc": "none",
}
_VANILLA_WAYS = {
    r"encoder\.\d+\.0": "2,1",
    r"decoder\.\d+\.0": "2,1,1",
    r"final_layer\.0": "2,1,1",
    r"final_layer\.[23]": "1,1",
}
_VANILLA_TOLD = ("leaky ReLU 0.01 between layers, none behind the first of the decoder, tanh at the end",)
_VANILLA_NAMES = (r"encoder\.0\.0", r"decoder_input", r"decoder\.0\.0", r"final_layer\.0", r"final_layer\.[23]")

SPELLINGS = (
    Spelling(
        "VAE of the VanillaVAE kind",
        _VANILLA_TOLD,
        (*_VANILLA_NAMES, "fc_mu", "fc_var"),
        _VANILLA,
        ways=_VANILLA_WAYS,
    ),
    Spelling(
        "Wasserstein autoencoder of the VanillaVAE kind",
        _VANILLA_TOLD,
        (*_VANILLA_NAMES, "fc_z"),
        {**_VANILLA, "prior": "normal"},
        ways=_VANILLA_WAYS,
        doubted=(
            "that it is a Wasserstein autoencoder: a CategoricalVAE, whose latents are classes, has the same tensors; "
            'if it is one, write {"categorical_dim": 40}, or your number, into a config.json beside the file',
        ),
    ),
    Spelling(
        "VAE of Higgins et al.",
        (LOGITS,),
        (r"encoder\.0", r"encoder\.8", r"encoder\.11", r"decoder\.0", r"decoder\.3", r"decoder\.11"),
        {"last": "sigmoid", "posterior": "halves"},
        ways={r"encoder\.8": "1,0", r"encoder\.[0246]": "2,1"},
        not_named=r".*(bn|norm|\.1)",
    ),
    Spelling(
        "VAE of Burgess et al., in a row",
        (LOGITS,),
        (r"encoder\.0", r"encoder\.9", r"encoder\.13", r"decoder\.0", r"decoder\.4", r"decoder\.7", r"decoder\.13"),
        {"last": "sigmoid", "posterior": "halves"},
    ),
    Spelling(
        "convolutional VAE with a leaky decoder",
        ("ReLU in the encoder, leaky ReLU 0.2 in the decoder, nothing at the end; pictures in -1..1",),
        (r"conv1", r"conv1_bn", r"fc1", r"fc2", r"d1", r"deconv2", r"deconv2_bn"),
        {"activation": "leaky 0.2", "last": "none", "range": "-1,1"},
        after={r"conv\d+_bn": "relu"},
    ),
    Spelling(
        "World Models' VAE",
        (RELU_SIGMOID, "the other head is the log of the deviation"),
        (r"encoder\.conv4", r"encoder\.fc_mu", r"encoder\.fc_logsigma", r"decoder\.fc1", r"decoder\.deconv4"),
        {"last": "sigmoid", "spread": "deviation"},
        ways={r"encoder\.conv\d": "2,0", r"decoder\.deconv\d": "2,0,0"},
    ),
    Spelling(
        "World Models' VAE, in a row",
        (RELU_SIGMOID, "none behind the first layer of the decoder"),
        (r"encoder\.0", r"encoder\.6", r"fc1", r"fc2", r"fc3", r"decoder\.1", r"decoder\.7"),
        {"last": "sigmoid", "after:fc3": "none"},
        ways={r"encoder\.\d": "2,0", r"decoder\.\d": "2,0,0"},
        not_named=r".*\..*\..*",
    ),
    Spelling(
        "fully connected VAE of PyTorch's examples",
        (RELU_SIGMOID,),
        (r"fc1", r"fc21", r"fc22", r"fc3", r"fc4"),
        {"last": "sigmoid"},
        not_named=r"(?!fc(1|21|22|3|4)$).*",
    ),
    Spelling(
        "fully connected VAE, as in a widely read tutorial",
        ("leaky ReLU 0.2 between layers and a sigmoid at the end",),
        (r"Encoder\.FC_input", r"Encoder\.FC_mean", r"Encoder\.FC_var", r"Decoder\.FC_output"),
        {"activation": "leaky 0.2", "last": "sigmoid"},
    ),
    Spelling(
        "fully connected VAE, as in Pyro's tutorial",
        ("softplus between layers and a sigmoid at the end", "the other head is the log of the deviation"),
        (r"encoder\.fc1", r"encoder\.fc21", r"encoder\.fc22", r"decoder\.fc1", r"decoder\.fc21"),
        {"activation": "softplus", "last": "sigmoid", "spread": "deviation"},
        not_named=r".*conv.*",
    ),
    Spelling(
        "autoencoder, as in Lightning's first example",
        ("ReLU between layers, nothing at the end",),
        (r"encoder\.0", r"encoder\.2", r"decoder\.0", r"decoder\.2"),
        {"last": "none", "range": "0,1"},
        not_named=r"(?!(encoder|decoder)\.[02]$).*",
    ),
    Spelling(
        "autoencoder, as in Lightning's first example",
        ("ReLU between layers, nothing at the end",),
        (r"encoder\.l1\.0", r"encoder\.l1\.2", r"decoder\.l1\.0", r"decoder\.l1\.2"),
        {"last": "none", "range": "0,1"},
        not_named=r"(?!(encoder|decoder)\.l1\.[02]$).*",
    ),
    Spelling(
        "convolutional VAE",
        (RELU_SIGMOID, "no activation around the latents", "the mean over all places before them"),
        (r"enc1", r"enc4", r"fc1", r"fc_mu", r"fc_log_var", r"fc2", r"dec1", r"dec4"),
        {"last": "sigmoid", "after:fc1": "none", "after:fc2": "none"},
        ways={r"enc4": "2,0", r"enc\d": "2,1"},
    ),
    Spelling(
        "beta-VAE for faces, convolutions without padding",
        ("ReLU between layers, and a batch norm and ReLU before the sigmoid",),
        (r"encoder\.3\.1", r"fc_mu", r"fc_var", r"decoder\.3\.1", r"fc_z"),
        {"last": "sigmoid", "after:fc_z": "none", "after:decoder.3.1": "relu"},
        ways={r"encoder\.\d\.0": "2,0", r"decoder\.2\.0": "2,0,1", r"decoder\.\d\.0": "2,0,0"},
    ),
    Spelling(
        "convolutional autoencoder of a much read tutorial",
        ("ReLU between layers; the network gives numbers that are shown through a sigmoid",),
        (r"encoder_cnn\.5", r"encoder_lin\.2", r"decoder_lin\.2", r"decoder_conv\.0", r"decoder_conv\.6"),
        {"last": "sigmoid"},
        ways={
            r"encoder_cnn\.5": "2,0",
            r"encoder_cnn\.\d": "2,1",
            r"decoder_conv\.0": "2,0,0",
            r"decoder_conv\.\d": "2,1,1",
        },
    ),
    Spelling(
        "convolutional autoencoder with pooling",
        (RELU_SIGMOID, "every convolution of the encoder is followed by pooling"),
        (r"conv1", r"conv2", r"t_conv1", r"t_conv2"),
        {"last": "sigmoid"},
        ways={r"conv\d": "1,1,pool"},
    ),
    Spelling(
        "convolutional autoencoder, 2 x 2 in the middle",
        ("ReLU between layers, tanh at the end, strides of three and two",),
        (r"encoder\.0", r"encoder\.3", r"decoder\.0", r"decoder\.2", r"decoder\.4"),
        {"last": "tanh", "range": "-1,1", "side": "2", "after:encoder.3": "relu"},
        ways={
            r"encoder\.0": "3,1,pool",
            r"encoder\.3": "2,1,pool1",
            r"decoder\.0": "2,0,0",
            r"decoder\.2": "3,1,0",
            r"decoder\.4": "2,1,0",
        },
        not_named=r"(encoder\.[^03].*|decoder\.[^024].*|.*\..*\..*)",
    ),
)


def recognise(reading: Reading) -> Recognised | None:
    """The first spelling whose draft uses all of the file."""
    modules = chain(reading.tensors, "")
    for spelling in SPELLINGS:
        if spelling.fits(modules):
            facts = [Fact(f"{text}, as its authors have it", "inferred") for text in spelling.told]
            facts += [Fact(text, "guessed") for text in spelling.doubted]
            found = drafted(reading, spelling.said, spelling.chosen(modules), facts)
            if found is not None:
                return found
    return None
