"""The built-in translator keeps the promises that every translator makes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import plugins.atmosphere
from core.extension.contract import Check, contract_checks
from core.extension.manifest import load_manifest
from plugins.atmosphere.translator import create

SPEC = load_manifest(Path(plugins.atmosphere.__file__).parent)


@pytest.mark.parametrize("check", contract_checks(create, SPEC, torch.device("cpu")), ids=str)
def test_atmosphere_keeps_the_contract(check: Check) -> None:
    check.run()
