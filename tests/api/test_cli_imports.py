"""Older ledgers by the command line: again adds nothing, and a refused line is told with its column."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.bootstrap import Services
from api.cli import main
from tests.api.ledgers import as_csv, as_xlsx, item, line


@pytest.mark.parametrize(
    ("kind", "content", "landed", "code"),
    [
        ("petitions", as_xlsx(line(), line(编号="旧-2", 类别="")), 1, 1),
        ("supervision-items", as_csv(item()), 1, 0),
    ],
)
def test_a_ledger_comes_in_once(
    services: Services, tmp_path: Path, kind: str, content: bytes, landed: int, code: int
) -> None:
    file = tmp_path / "旧台账"
    file.write_bytes(content)
    given = {"DATABASE_URL": services.database.dsn, "SHIXIAN_HOME": str(tmp_path), "COLUMNS": "200"}
    first = CliRunner().invoke(main, ["import", kind, str(file)], env=given)
    assert (first.exit_code, f"新导入 {landed} 件，原已导入 0 件" in first.output) == (code, True), (
        first.output
    )
    assert ("第 3 行未导入：“类别”：没有填写" in first.output) == (code == 1)
    again = CliRunner().invoke(main, ["import", kind, str(file)], env=given)
    assert f"新导入 0 件，原已导入 {landed} 件" in again.output
