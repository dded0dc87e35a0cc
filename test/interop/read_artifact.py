"""Reads an artifact with the safetensors package alone, verifies its checksum, and prints what it holds."""

import hashlib
import json
import sys

from safetensors import safe_open

path = sys.argv[1]
with safe_open(path, framework="numpy") as artifact:
    metadata = artifact.metadata()
    tensors = {name: artifact.get_tensor(name) for name in artifact.keys()}

with open(path, "rb") as file:
    content = file.read()
zeroed = content.replace(metadata["checksum"].encode(), b"0" * 64, 1)

print(
    json.dumps(
        {
            "checksum_matches": hashlib.sha256(zeroed).hexdigest() == metadata["checksum"],
            "format_version": metadata["format_version"],
            "estimator": json.loads(metadata["estimator"]),
            "classes": json.loads(metadata["classes"]),
            "features": json.loads(metadata["features"]),
            "tensors": {name: [str(tensor.dtype), list(tensor.shape)] for name, tensor in tensors.items()},
        }
    )
)
