"""A task whose process is killed is given back and done again."""
from support import PATIENCE_S, equal
from tasks import die_once

equal(die_once.delay().get(timeout=PATIENCE_S), "survived")
