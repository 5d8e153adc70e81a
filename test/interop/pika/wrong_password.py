"""A wrong password is told from other troubles."""
import pika
from pika.exceptions import ProbableAuthenticationError
from support import connect, equal, raises

error = raises(ProbableAuthenticationError, lambda: connect(credentials=pika.PlainCredentials("guest", "wrong")))
text = "Login was refused using authentication mechanism PLAIN"
equal((403 in error.args or "(403)" in str(error), text in str(error)), (True, True), f"code and text in {error!r}")
