"""The forms of our model that the peers read, made once per bundle and kept under `target/peers/`.

`python export.py --model DIR --into DIR FORM...` makes what is missing. A form is a folder; it is written beside its
place and moved there whole, with `made.json` that holds the versions of what made it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import bundle

OPSET = 17
MADE = "made.json"


def onnx_f32(model: Path, into: Path, out: Path) -> None:
    """Attention as plain products and softmax; LayerNormalization is an operator of opset 17, GELU stays an Erf.

    The tracing exporter's graph ran 6 % faster in ONNX Runtime than the newer exporter's with opset 20.
    """
    import torch

    del into
    network = bundle.classifier(model, attention="eager")
    ids = torch.randint(5, 1000, (2, 9))
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    names = ["input_ids", "attention_mask"]
    axes = {name: {0: "batch", 1: "length"} for name in names} | {"logits": {0: "batch"}}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (ids, mask),
            str(out / "model.onnx"),
            dynamo=False,
            opset_version=OPSET,
            input_names=names,
            output_names=["logits"],
            dynamic_axes=axes,
        )


def onnx_int8(per_channel: bool) -> Callable[[Path, Path, Path], None]:
    """Products with a constant matrix only: int8 weights, uint8 activations, one scale a tensor at run time."""

    def make(model: Path, into: Path, out: Path) -> None:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(
            made("onnx-f32", model, into) / "model.onnx",
            out / "model.onnx",
            op_types_to_quantize=["MatMul"],
            weight_type=QuantType.QInt8,
            per_channel=per_channel,
            reduce_range=False,
        )

    return make


def ct2_int8(model: Path, into: Path, out: Path) -> None:
    """By CTranslate2's own BERT loader; the mean and the heads are computed from its last states."""
    import numpy as np
    from ctranslate2.converters.transformers import BertLoader
    from ctranslate2.specs.transformer_spec import TransformerEncoderModelSpec
    from transformers.models.bert.modeling_bert import BertPooler

    del into
    encoder = bundle.classifier(model).encoder
    # The loader insists on BERT's own pooler, which we neither have nor want computed.
    encoder.pooler = BertPooler(encoder.config)
    spec = TransformerEncoderModelSpec(BertLoader().get_model_spec(encoder).encoder, pooling_layer=False)
    spec.register_vocabulary([f"<{i}>" for i in range(encoder.config.vocab_size)])
    spec.config.unk_token = "<3>"
    spec.config.layer_norm_epsilon = encoder.config.layer_norm_eps
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(out))
    weight, bias = bundle.heads(bundle.tensors(model))
    np.savez(out / "heads.npz", weight=weight, bias=bias)


def openvino_int8(model: Path, into: Path, out: Path) -> None:
    """Weights rounded to int8 per output channel by NNCF; the CPU plugin rounds activations at run time."""
    import nncf
    import openvino

    network = openvino.Core().read_model(made("onnx-f32", model, into) / "model.onnx")
    network = nncf.compress_weights(
        network, mode=nncf.CompressWeightsMode.INT8_SYM, ignored_scope=nncf.IgnoredScope(types=["Gather"])
    )
    openvino.save_model(network, out / "model.xml", compress_to_fp16=False)


FORMS: dict[str, tuple[Callable[[Path, Path, Path], None], tuple[str, ...]]] = {
    "onnx-f32": (onnx_f32, ("torch", "transformers")),
    "onnx-int8": (onnx_int8(per_channel=False), ("torch", "transformers", "onnxruntime", "onnx")),
    "onnx-int8-channel": (onnx_int8(per_channel=True), ("torch", "transformers", "onnxruntime", "onnx")),
    "ct2-int8": (ct2_int8, ("ctranslate2", "transformers")),
    "openvino-int8": (openvino_int8, ("torch", "transformers", "openvino", "nncf")),
}


def made(form: str, model: Path, into: Path) -> Path:
    """The folder of a form, which is made where it is missing or was made by other versions."""
    folder = into / form
    make, packages = FORMS[form]
    versions = {package: version(package) for package in packages}
    stamp = folder / MADE
    if stamp.is_file() and json.loads(stamp.read_text(encoding="utf-8")) == versions:
        return folder
    begin = time.monotonic()
    draft = into / f"{form}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    make(model, into, draft)
    (draft / MADE).write_text(json.dumps(versions), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    print(f"made {form} in {time.monotonic() - begin:.0f} s", flush=True)
    return folder


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of the bundle")
    parser.add_argument("--into", type=Path, required=True, help="folder of the forms")
    parser.add_argument("forms", nargs="*", metavar="FORM", choices=list(FORMS), help=", ".join(FORMS))
    arguments = parser.parse_args()
    try:
        for form in arguments.forms:
            made(form, arguments.model, arguments.into)
    except ImportError as error:
        # PackageNotFoundError, of a version that is asked for, is one as well.
        raise SystemExit(f"{error}; `python3 benches/peers/run.py --setup` installs the peers") from error


if __name__ == "__main__":
    main()
