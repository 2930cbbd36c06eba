"""Every fact of the domain, whatever else was imported before: other tests have facts of their own."""

import importlib
import pkgutil

import domain
from domain.facts import TOPICS

for module in pkgutil.walk_packages(domain.__path__, "domain."):
    importlib.import_module(module.name)
FACTS = {topic: kind for topic, kind in sorted(TOPICS.items()) if kind.__module__.startswith("domain.")}
