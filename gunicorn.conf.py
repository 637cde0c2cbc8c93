"""How gunicorn serves: `gunicorn` beside this file is enough. What the command line says comes before it.

Log lines are the JSON lines of enforcement/logs.py. The access log has no query strings, and none at all with
`--log-level warning`. In production nginx stands in front: alone, gunicorn goes down under a few hundred slow connections.
"""

import os
import sys

from gunicorn import glogging

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from enforcement.logs import JsonFormatter

wsgi_app = "enforcement.wsgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = 2
threads = 4
graceful_timeout = 30
control_socket_disable = True
accesslog = "-"


class logger_class(glogging.Logger):  # (gunicorn's name for the setting)
    def setup(self, cfg):
        super().setup(cfg)
        self.access_log.setLevel(self.loglevel)
        for handler in self.error_log.handlers + self.access_log.handlers:
            handler.setFormatter(JsonFormatter())

    def access(self, resp, req, environ, request_time):
        entry = {
            "method": environ.get("REQUEST_METHOD"),
            "path": environ.get("PATH_INFO"),
            "status": int(str(resp.status).split()[0]),
            "bytes": getattr(resp, "sent", None),
            "ms": round(request_time.total_seconds() * 1000),
        }
        line = "%(method)s %(path)s %(status)s"
        self.access_log.info(line, entry, extra={"access": {name: entry[name] for name in ("status", "bytes", "ms")}})
