"""`python -m deploy.sandbox.mail_server`."""

from deploy.sandbox.mail_server.main import main

main()
