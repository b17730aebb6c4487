"""Changes of an array in an HDF5 file that a model's reader has to refuse.

Each is a function of the array's group, from which it was removed, its name, its numbers, and the
path of another HDF5 file.
"""

import h5py
import numpy as np

from model import network_file

HUGE = (10**6, 10**6)  # the shape of an array that would fill the memory


def _external_link(group, name, array, secret):
    group[name] = h5py.ExternalLink(secret, "/secret")


def _virtual(group, name, array, secret):
    layout = h5py.VirtualLayout(array.shape, array.dtype)
    layout[...] = h5py.VirtualSource(secret, "secret", array.shape)
    group.create_virtual_dataset(name, layout)


def _circle(group, name, array, secret):
    group[name] = array
    group["again"] = group


def _crowd(group, name, array, secret):
    group[name] = array
    for number in range(network_file.MAX_ITEMS):
        group.create_group(f"more/{number}")


def _with_number(number):
    def spoil(group, name, array, secret):
        array = np.array(array)
        array.flat[-1] = number
        group[name] = array

    return spoil


CHANGES = {
    "absent": lambda group, name, array, secret: None,
    "external link": _external_link,
    "soft link": lambda group, name, *_: group.update({name: h5py.SoftLink("/layers")}),
    "borrowed": lambda group, name, array, secret: group.create_dataset(
        name, array.shape, array.dtype, external=[(secret, 0, array.nbytes)]
    ),
    "virtual": _virtual,
    "chunked": lambda group, name, *_: group.create_dataset(name, HUGE, "f4", chunks=(100, 100)),
    "never written": lambda group, name, *_: group.create_dataset(name, HUGE, "f4"),
    "circle": _circle,
    "crowd": _crowd,
    "text": lambda group, name, *_: group.update({name: "text"}),
    "integers": lambda group, name, array, _: group.update({name: array.astype(int)}),
    "complex": lambda group, name, array, _: group.update({name: array.astype("c8")}),
    "shorter": lambda group, name, array, _: group.update({name: array.ravel()[1:]}),
    "not a number": _with_number(np.nan),
    "infinite": _with_number(np.inf),
    "too large": _with_number(1e7),
}  # fmt: skip
