"""The WSGI application that gunicorn serves; in production it refuses to start on what the start-up checks find."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enforcement.settings")

application = get_wsgi_application()

from enforcement.checks import refuse_to_serve  # noqa: E402  (needs the apps)

refuse_to_serve()
