"""Options that the commands of a trustee share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(help="The trustee's own folder, made by `valik trustee new`.")]
ParametersName = Annotated[
    str, typer.Option("--parameters", help="Parameter set of the key; a share of any other is refused.")
]
DEFAULT_PARAMETERS = "paillier-3072"
