"""隔离排版: templates of others are opened, tried and printed in a process of its own, limited in time and memory.

Run as a module it does one task from standard input. Nothing that was uploaded is parsed in the service itself.
"""

import base64
import json
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any

import structlog

from api import apart
from api.papers import inspecting, reaching
from api.papers.inspecting import Trial
from api.papers.tasks import Broken, Task
from api.papers.typesetting import typeset

SECONDS, MEMORY = 10, 2 * 1024**3
LARGEST_RESULT = 16 * 1024 * 1024
_TOO_MUCH = "模板排版耗时过长或者占用内存过多，请简化"
_STOPPED = "模板使排版程序意外中止，不能使用，请改用较简单的写法"

log = structlog.get_logger("papers")


def typeset_apart(task: Task) -> bytes:
    """隔离排版: in a process of its own, which may take so much time and memory. Raises Broken."""
    answer = _answered(_told(task))
    return base64.b64decode(answer["content"])


def tried_apart(trial: Trial) -> None:
    """隔离试用: everything about a template that can be wrong. Raises Broken."""
    more = {"bare": dict(trial.bare), "known": sorted(trial.known), "printed": dict(trial.printed)}
    _answered(_told(trial.task) | more)


def _told(task: Task) -> dict[str, Any]:
    return {
        "form": task.form,
        "template": base64.b64encode(task.template).decode(),
        "data": dict(task.data),
        "on": task.on.isoformat(),
        "draft": task.draft,
    }


def _answered(given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        told = apart.answer("api.papers.apart", json.dumps(given).encode(), seconds=2 * SECONDS)
    except apart.Crashed:
        log.error("paper.typesetter_crashed", form=given["form"])
        raise Broken(_STOPPED) from None
    except apart.Exceeded:
        raise Broken(_TOO_MUCH) from None
    answer: dict[str, Any] = json.loads(told)
    if "crash" in answer:
        log.error("paper.typesetter_crashed", form=given["form"], error=answer["crash"])
        raise Broken(_STOPPED)
    if "problems" in answer:
        raise Broken(*answer["problems"], code=answer["code"])
    return answer


def _done(given: Mapping[str, Any]) -> dict[str, Any]:
    task = Task(
        given["form"],
        base64.b64decode(given["template"]),
        given["data"],
        date.fromisoformat(given["on"]),
        given["draft"],
    )
    if "known" in given:
        inspecting.must_do(Trial(task, given["bare"], set(given["known"]), given["printed"]))
        return {}
    content = typeset(task)
    if len(content) > LARGEST_RESULT:
        raise Broken("排出的文件过大")
    if task.form == "docx":
        reaching.must_keep_to_itself(content)
    return {"content": base64.b64encode(content).decode()}


def _apart() -> None:
    apart.confine(SECONDS, MEMORY)
    try:
        answer = _done(json.load(sys.stdin))
    except Broken as broken:
        answer = {"problems": list(broken.problems), "code": broken.code}
    except (MemoryError, RecursionError):
        answer = {"problems": [_TOO_MUCH], "code": "template.broken"}
    except Exception as error:  # whatever a template breaks is its fault, and told to whoever sent it
        answer = {"crash": type(error).__name__}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _apart()
