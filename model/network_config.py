"""What the config inside a `.keras` file may ask for, checked before Keras obeys it.

Safe mode keeps pickled code out, and no more. A config of a few bytes may still name any class of
Keras (some read files, some hold code under other names), ask for terabytes of weights, call a
shared submodel exponentially often, or describe a graph over which older versions of Keras loop for
ever. So a config holds plain layers from a list, each called once, in an order in which the inputs
of each come first, and the sizes of all weights are added up from the config alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

MAX_PARAMETERS = 25_000_000
MAX_LAYERS = 300
MAX_SIZE = 2**20  # units, filters, pixels
MAX_ACTIVATIONS = 2**21  # numbers that one layer makes of one face: 8 MB
MAX_NUMBER = 2**32
MAX_TEXT = 200
MAX_LENGTH = 12  # of a shape, or of the list of inputs of a layer

FUNCTIONAL = ("keras.src.models.functional", "Functional")
WEIGHTED = ("Dense", "Conv2D", "Conv2DTranspose", "BatchNormalization", "Normalization")
PLAIN = (
    "Activation", "Add", "Average", "AveragePooling2D", "Concatenate", "Cropping2D", "Dropout",
    "ELU", "Flatten", "GaussianNoise", "GlobalAveragePooling2D", "InputLayer", "LeakyReLU",
    "MaxPooling2D", "Maximum", "Multiply", "Permute", "ReLU", "Rescaling", "Reshape",
    "SpatialDropout2D", "Subtract", "UnitNormalization", "UpSampling2D", "ZeroPadding2D",
)  # fmt: skip
INITIALIZERS = (
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal",
    "LecunUniform", "Ones", "RandomNormal", "RandomUniform", "TruncatedNormal", "Zeros",
)  # fmt: skip
ACTIVATIONS = (
    "elu", "gelu", "hard_sigmoid", "leaky_relu", "linear", "relu", "relu6", "selu", "sigmoid",
    "silu", "softplus", "swish", "tanh",
)  # fmt: skip
SIZES = (
    "batch_shape", "cropping", "dilation_rate", "dims", "filters", "groups", "kernel_size",
    "output_padding", "pool_size", "size", "strides", "target_shape", "units",
)  # fmt: skip


def check_config(config: object) -> None:
    """Check the parsed `config.json` of a network.

    Raises:
        ValueError: if it holds anything that a network of this program does not.
    """
    try:
        _check(config)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError) as error:
        raise ValueError("Expected the config of a network. Received: another") from error


def _check(config: object) -> None:
    layers = list(_layers(config, 0))
    if len(layers) > MAX_LAYERS:
        raise ValueError(f"Expected at most {MAX_LAYERS} layers. Received: {len(layers)}")
    parameters = sum(_parameters(layer) for layer in layers if layer["class_name"] in WEIGHTED)
    if parameters > MAX_PARAMETERS:
        raise ValueError(f"Expected at most {MAX_PARAMETERS} weights. Received: {parameters}")


def _layers(model: object, depth: int) -> Iterator[dict]:
    """Check a model's entry and yield the entries of its layers, those of submodels included."""
    _expect(_kind(model) == FUNCTIONAL and depth < 3, "a functional model")
    _expect(model["config"].keys() <= {"name", "trainable", "layers", "input_layers",
            "output_layers"}, "a functional model")  # fmt: skip
    _expect(not model.get("compile_config"), "a model without optimizer")
    outputs: dict[str, int] = {}  # how many, by the name of the layer
    for entry in model["config"]["layers"]:
        name = entry["name"]
        _expect(isinstance(name, str) and name not in outputs, "layers of different names")
        yield entry
        if _kind(entry) == FUNCTIONAL:
            yield from _layers(entry, depth + 1)
            outputs[name] = len(_references(entry["config"]["output_layers"]))
        else:
            _check_layer(entry)
            outputs[name] = 1
        nodes = entry["inbound_nodes"]
        if entry["class_name"] == "InputLayer":
            _expect(nodes == [], "an input without inputs")
            continue
        _expect(len(nodes) == 1 and nodes[0].keys() == {"args", "kwargs"}, "one call")
        (node,) = nodes
        _check_tensors(node["args"], outputs, 0)
        for value in node["kwargs"].values():
            _expect(value is None or isinstance(value, bool), "a call without options")
    for references in (model["config"]["input_layers"], model["config"]["output_layers"]):
        for reference in _references(references):
            _check_reference(reference, outputs)


def _references(value: list) -> list:
    """Return the references to one or several outputs of layers as a list."""
    return [value] if isinstance(value[0], str) else value


def _kind(entry: object) -> tuple[str, str]:
    """Return the module and class of a layer or another object, if it is one of a known kind."""
    _expect(isinstance(entry, dict) and isinstance(entry.get("config"), dict), "an object")
    module, name = entry.get("module"), entry.get("class_name")
    known = {"keras.layers": (*WEIGHTED, *PLAIN), "keras.initializers": INITIALIZERS}
    known |= {"keras": ("DTypePolicy",), FUNCTIONAL[0]: FUNCTIONAL[1:]}
    _expect(name in known.get(module, ()), "a known class")
    _expect(entry.get("registered_name") in (None, name), "a known class")
    return module, name


def _check_layer(entry: dict) -> None:
    module, _ = _kind(entry)
    _expect(module == "keras.layers", "a layer")
    _expect(entry["config"].get("name") == entry["name"], "one name")
    for key, value in entry["config"].items():
        if key in SIZES or (key == "padding" and isinstance(value, list)):
            _check_sizes(value)
        elif key == "axis":  # beyond the shape, older versions of Keras loop for ever
            _expect(value in (None, -1, [-1]), "the last axis")
        elif key == "activation":
            _expect(value in ACTIVATIONS, "a known activation")
        elif key.endswith("_initializer"):
            _check_object(value, "keras.initializers")
        elif key == "dtype":
            name = _check_object(value, "keras") if isinstance(value, dict) else value
            _expect(name == "float32", "numbers of 32 bits")
        else:
            _check_scalar(value)
    for key, value in (entry.get("build_config") or {}).items():
        _expect(key == "input_shape", "the shape of the inputs")
        _check_sizes(value)


def _check_object(entry: dict, module: str) -> str | None:
    """Check an initializer or a dtype policy, and return the name in its config."""
    _expect(_kind(entry)[0] == module, "an object of another kind")
    for value in entry["config"].values():
        _check_scalar(value)
    return entry["config"].get("name")


def _check_scalar(value: object) -> None:
    if isinstance(value, str):
        _expect(len(value) <= MAX_TEXT, "a short text")
    elif value is not None:
        _expect(isinstance(value, (bool, int, float)), "a single value")
        _expect(abs(value) <= MAX_NUMBER, "a number of usual size")


def _check_sizes(value: object, depth: int = 0) -> None:
    """Check a size, a shape, or a list of them."""
    if isinstance(value, list):
        _expect(len(value) <= MAX_LENGTH and depth < 2, "a shape")
        for item in value:
            _check_sizes(item, depth + 1)
        sizes = [abs(item) for item in value if type(item) is int]
        _expect(math.prod(sizes) <= MAX_ACTIVATIONS, "a shape of usual size")
    else:
        _expect(value is None or type(value) is int, "a whole number")
        _expect(value is None or -1 <= value <= MAX_SIZE, "a size")


def _check_tensors(value: object, outputs: dict[str, int], depth: int) -> None:
    """Check the arguments of a call: lists of outputs of layers that came before."""
    _expect(depth < 4, "a list of inputs")
    if isinstance(value, list):
        for item in value:
            _check_tensors(item, outputs, depth + 1)
        return
    _expect(value.get("class_name") == "__keras_tensor__", "the output of a layer")
    _expect(value.keys() == {"class_name", "config"}, "the output of a layer")
    _check_sizes(value["config"]["shape"])
    _check_scalar(value["config"]["dtype"])
    _check_reference(value["config"]["keras_history"], outputs)


def _check_reference(reference: object, outputs: dict[str, int]) -> None:
    name, node, output = reference
    _expect(name in outputs, "a layer that came before")
    _expect(node in (0, 1) and 0 <= output < outputs[name], "an output that is there")


def _parameters(layer: dict) -> int:
    """Count the weights of a layer, or some more, from the shape of its inputs."""
    config, (*_, channels) = layer["config"], layer["build_config"]["input_shape"]
    if layer["class_name"].endswith("Normalization"):
        sizes = [4, channels]
    else:
        kernel = config.get("kernel_size", 1)
        kernel = kernel if isinstance(kernel, list) else [kernel, kernel]
        sizes = [*kernel, channels + 1, config["units" if "units" in config else "filters"]]
    _expect(min(sizes) > 0, "sizes above zero")
    return math.prod(sizes)


def _expect(condition: bool, what: str) -> None:
    if not condition:
        raise ValueError(f"Expected {what} in the config of a network. Received: something else")
