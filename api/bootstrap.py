"""装配: the composition root. HTTP, command line and tests get their parts wired here and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from api import clock as real
from api import key_upkeep, restored
from api.papers.shelf import Shelf
from api.settings import SettingError, Settings
from domain.casework import Casework
from eventstore import key_binding
from eventstore.ciphers import NAMES
from eventstore.database import Database, library_env
from eventstore.keys import Keys
from eventstore.replica import Replica
from projections.surroundings import ReadModels


@dataclass(frozen=True)
class Services:
    """服务 — what every way in works with."""

    settings: Settings
    clock: Callable[[], datetime]
    database: Database
    casework: Casework
    keys: Keys
    replica: Replica | None = None
    """副本库: what lists may be read from, where there is one."""

    def close(self) -> None:
        """关闭: give the connections back."""
        self.casework.close()
        if self.replica is not None:
            self.replica.close()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def build(settings: Settings, clock: Callable[[], datetime] = real.now) -> Services:
    """装配: over a database that runs and is migrated. Raises SettingError when no address is set, and KeysUnusable."""
    if settings.database_url is None:
        raise SettingError("没有数据库地址：请设置 DATABASE_URL，或用 shixian serve 启动内置数据库。")
    keys = key_binding.bound(settings.database_url, settings.keys_folder)
    keys.algorithm = NAMES[settings.cipher]
    database = Database(settings.database_url, max_size=settings.pool_size)
    casework = Casework(library_env(settings.database_url), Shelf(database), keys)
    casework.surroundings = ReadModels(database, casework)
    key_upkeep.destroy_what_is_recorded(database, casework)
    key_upkeep.drop_what_is_older(database, casework, keys)
    restored.leave_numbers_out(database, casework, clock)
    replica = None
    if settings.replica_url is not None:
        replica = Replica(settings.replica_url, database, max_size=settings.pool_size)
    return Services(settings, clock, database, casework, keys, replica)
