"""Verifying on Dask, a partition at a time: the same verdicts as `Verifier.verify_many`.

Needs dask and pyarrow (`pip install solvency[dask]`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import columns
from .documents import Documents, verifier_here

if TYPE_CHECKING:
    import pandas as pd


def verify(frame: Any, documents: Documents, *, column: str = "proof") -> Any:
    """A frame with one verdict for each row, with the index of the row: account, circuit, code, reason."""
    import pandas as pd

    meta = pd.DataFrame(
        {
            "account": pd.Series(dtype="object"),
            "circuit": pd.Series(dtype="object"),
            "code": pd.Series(dtype="int32"),
            "reason": pd.Series(dtype="object"),
        }
    )
    return frame.map_partitions(_partition, documents, column, meta=meta)


def _partition(part: pd.DataFrame, documents: Documents, column: str) -> pd.DataFrame:
    import pyarrow as pa

    verifier = verifier_here(documents)
    table = pa.Table.from_pandas(part, preserve_index=False)
    frame = columns.verify(verifier, table, now=documents.now, column=column).to_pandas()
    frame.index = part.index
    return frame
