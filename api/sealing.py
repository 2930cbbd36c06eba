"""封存的装配: the sealer over the service's database, with the key beside the others and the heads in the home folder."""

from api.bootstrap import Services
from eventstore import heads_file
from eventstore.sealing import Sealing


def of(services: Services) -> Sealing:
    """封存器: of this service."""
    given = services.settings
    return Sealing(services.database, given.keys_folder, given.home / heads_file.NAME, services.clock)
