"""演示机关: an invented petition office with officers, letters and a petition in every stage, to try things out with."""

from api.demo.seeding import PASSWORD, seed

__all__ = ["PASSWORD", "seed"]
